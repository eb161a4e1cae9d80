import { Code } from '@connectrpc/connect';
import type { ItemResult } from '@muster/api';
import type { Difference } from '../import/difference.ts';
import { classify } from '../upstream/errors.ts';
import { serverWords } from '../upstream/sentences.ts';
import type { ItemOutcome as Outcome } from '../upstream/spire/client.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import type { ActionContext, Target } from './action.ts';
import { diff, pick } from './entry-diff.ts';
import { done, failed, refused, skipped } from './results.ts';
import { checkTarget, drift, readEntries } from './spire-target.ts';

/** Rows sent at once: few enough that progress is seen, and that little is unknown after a break. */
const batchRows = 200;
/** After a break, how often the same batch is tried again, and how long the server is waited for. */
const mostTries = 3;
const waitMs = 15_000;

type Step = (rows: readonly Difference[]) => AsyncGenerator<ItemResult[]>;

/**
 * Carries out an import, and goes on where it stopped when it is applied again. The server keeps what it did before a
 * break and has no compare-and-set, so each row is safe to send twice: a new entry by SPIRE's similar rule (code 6
 * with the entry), a changed one because it is read first.
 */
export class ImportRun {
  readonly #context: ActionContext;
  readonly #connection: SpireConnection;
  readonly #target: Target;
  readonly #creates: readonly Difference[];
  readonly #updates: readonly Difference[];
  /** Sent, and not known to be refused: what is then found on the server is ours. */
  readonly #sent = new Set<Difference>();
  readonly #made = new Map<Difference, string>();
  readonly #changed = new Set<Difference>();
  /** The server is not back: nothing more is tried in this application. */
  #broken = false;

  constructor(
    context: ActionContext,
    connection: SpireConnection,
    target: Target,
    creates: readonly Difference[],
    updates: readonly Difference[],
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#target = target;
    this.#creates = creates;
    this.#updates = updates;
  }

  /** IDs of the entries that it made, in this application or an earlier one. */
  created(): string[] {
    return [...this.#made.values()];
  }

  /** Entries that it changed. */
  updated(): Difference[] {
    return [...this.#changed];
  }

  async *apply(): AsyncGenerator<ItemResult> {
    const create: Step = (rows) => this.#create(rows);
    const update: Step = (rows) => this.#update(rows);
    this.#broken = false;
    for (const [rows, step] of [
      [this.#creates, create],
      [this.#updates, update],
    ] as const) {
      for (let at = 0; at < rows.length; at += batchRows) {
        const batch = rows.slice(at, at + batchRows);
        if (this.#broken) yield* batch.map(({ after }) => skipped(after.spiffeId));
        else for await (const results of this.#through(batch, step)) yield* results;
      }
    }
    if (this.#broken) void this.#context.inventory.refresh(this.#target.connection);
  }

  /** A batch, sent again after a break once the same server is back: then little stays unknown. */
  async *#through(batch: readonly Difference[], step: Step): AsyncGenerator<ItemResult[]> {
    let at = 0;
    for (let tries = 1; at < batch.length; tries += 1) {
      try {
        for await (const results of step(batch.slice(at))) {
          at += results.length;
          yield results;
        }
        if (at >= batch.length) return;
        throw new Error('the server answered for fewer rows than were sent');
      } catch (error) {
        const rest = batch.slice(at);
        const fault = classify(error);
        const mayHelp = fault.origin !== 'server' || fault.code === 'server-unavailable';
        const reason = mayHelp && tries < mostTries ? await this.#back() : undefined;
        if (reason === '') continue;
        this.#broken = mayHelp;
        // Nothing is sent to another server that has taken the place of the one planned for (S-27).
        yield rest.map(({ after }) =>
          reason === undefined
            ? failed(after.spiffeId, error)
            : refused(after.spiffeId, `Not sent again after the connection broke: ${reason}.`),
        );
        return;
      }
    }
  }

  /** Waits for the server. Empty: the same one is back; undefined: it is not back; else what is wrong. */
  async #back(): Promise<string | undefined> {
    const end = Date.now() + waitMs;
    while (Date.now() < end) {
      if (this.#connection.link.up) {
        try {
          return await checkTarget(this.#connection, this.#target);
        } catch {
          // Up a moment ago; the link finds out.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return undefined;
  }

  async *#create(rows: readonly Difference[]): AsyncGenerator<ItemResult[]> {
    let at = 0;
    const again = new Set(rows.filter((row) => this.#sent.has(row)));
    for (const row of rows) this.#sent.add(row);
    for await (const outcomes of this.#connection.client.createEntries(rows.map(({ after }) => after))) {
      const some = rows.slice(at, at + outcomes.length);
      at += outcomes.length;
      const there = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.entry] : (outcome.similar ?? [])));
      if (there.length > 0) await this.#context.inventory.put(this.#target.connection, there);
      yield some.map((row, index) => this.#created(row, outcomes[index], again.has(row)));
    }
  }

  #created(row: Difference, outcome: Outcome | undefined, sentBefore: boolean): ItemResult {
    const name = row.after.spiffeId;
    if (!outcome) return refused(name, 'The server did not answer for this row.');
    if (outcome.ok) {
      this.#made.set(row, outcome.entry.id);
      return done(name, outcome.entry.id);
    }
    const { similar } = outcome;
    // The code has two meanings: with an entry it is the similar one that exists.
    if (outcome.code !== Code.AlreadyExists || !similar) {
      this.#sent.delete(row);
      return refused(name, `The server says: ${serverWords(outcome.words)}`);
    }
    const { changes } = diff(similar, row.after);
    if (changes.length === 0) {
      // Found as it was sent: made by the batch that was cut, or by somebody else, whose entry is not ours to undo.
      if (sentBefore) this.#made.set(row, similar.id);
      else this.#sent.delete(row);
      return done(name, similar.id);
    }
    this.#sent.delete(row);
    return refused(
      name,
      `Entry ${similar.id} is there since the plan was made, and differs in ${changes.map(({ field }) => field).join(', ')}. Plan again to change it.`,
      similar.id,
    );
  }

  async *#update(rows: readonly Difference[]): AsyncGenerator<ItemResult[]> {
    const now = await readEntries(
      this.#connection,
      rows.map(({ before }) => before?.id ?? ''),
    );
    const results = new Map<Difference, ItemResult>();
    const send: Difference[] = [];
    rows.forEach((row, index) => {
      const known = this.#settled(row, now[index]);
      if (known) results.set(row, known);
      else send.push(row);
    });
    // One mask a batch: rows that change the same fields go together.
    for (const some of Map.groupBy(send, ({ keys }) => keys.join()).values()) {
      for (const row of some) this.#sent.add(row);
      let at = 0;
      const items = some.map(({ before, keys, after }) => ({
        id: before?.id ?? '',
        fields: pick(after, keys),
      }));
      for await (const outcomes of this.#connection.client.updateEntries(items)) {
        const changed = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.entry] : []));
        if (changed.length > 0) await this.#context.inventory.put(this.#target.connection, changed);
        for (const outcome of outcomes) {
          const row = some[at];
          at += 1;
          if (row) results.set(row, this.#updated(row, outcome));
        }
      }
    }
    yield rows.map(
      (row) => results.get(row) ?? refused(row.after.spiffeId, 'The server did not answer for this row.'),
    );
  }

  /** What need not be sent, or must not be; undefined: send it. */
  #settled(row: Difference, now: EntryRow | undefined): ItemResult | undefined {
    const name = row.after.spiffeId;
    const id = row.before?.id ?? '';
    if (!now || !row.before) return refused(name, `Entry ${id} was deleted since the plan was made.`, id);
    const { keys } = diff(now, { ...now, ...pick(row.after, row.keys) });
    if (keys.length === 0) {
      if (this.#sent.has(row)) this.#changed.add(row);
      return done(name, id);
    }
    const moved = drift(row.before, now);
    // What an earlier application of this plan half did is no drift: its keys are looked at alone.
    return moved === ''
      ? undefined
      : refused(name, `It changed since it was planned: ${moved}. Plan again.`, id);
  }

  #updated(row: Difference, outcome: Outcome): ItemResult {
    const name = row.after.spiffeId;
    if (!outcome.ok) {
      this.#sent.delete(row);
      return refused(name, `The server says: ${serverWords(outcome.words)}`, row.before?.id ?? '');
    }
    this.#changed.add(row);
    return done(name, outcome.entry.id);
  }
}
