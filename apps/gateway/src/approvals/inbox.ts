import { CallError } from '@muster/practice/slim/ipc';
import { escapeUnsafe } from '../moderator/text.ts';
import type { ModeratorEvent } from '../moderator/types.ts';
import { denialResponse, grantResponse, readApprovalRequest } from '../upstream/approval-wire.ts';
import { classify } from '../upstream/errors.ts';
import { Fault } from '../upstream/fault.ts';
import { serverWords } from '../upstream/sentences.ts';
import { within } from '../within.ts';
import type { AskedApproval } from '../moderator/approval-types.ts';
import type { ApprovalRow, Askable } from './types.ts';

/** A channel manager waits 60 s for its owner; the answer has a way to go. */
const answerMs = 50_000;
/** More at once are no work for people. */
const mostWaiting = 100;
const mostDecided = 500;
const mostRequester = 500;
const goodbyeMs = 2000;
/** Windows are told of a flood no oftener. */
const tellMs = 1000;

const nobody = 'Nobody answered in time.';
const unconfirmed = '(SLIM did not confirm that the answer arrived.)';
const flooded = `More than ${mostWaiting} requests wait for an answer here; this one was turned away.`;

/** Whose channel it is, by the channel managers connected here. */
export interface ChannelOwner {
  manager: string;
  /** did:key; empty: unowned. */
  owner: string;
}

export interface InboxOptions {
  now: () => Date;
  nodes: () => readonly Askable[];
  /** Undefined: no channel manager connected here has it. `askedBy` tells which is meant where several have. */
  ownerOf: (channel: string, askedBy: string) => Promise<ChannelOwner | undefined>;
  store: {
    keep: (id: string, decidedAt: number, body: string) => Promise<unknown>;
    kept: () => Promise<string[]>;
  };
  /** What is shown of a connection's requests is out of date. */
  onChange: (connection: string) => void;
  /** ms; specs make it shorter. */
  limit?: number;
}

/** Requests that nobody was asked about, since the gateway was started. */
export interface TurnedAway {
  count: number;
  /** Of the last one, ms. */
  at: number;
  reason: string;
}

/** How a request is answered. */
export type Decision =
  | { kind: 'approve'; grant: Uint8Array; by: string; reason: string }
  | { kind: 'deny'; by: string; reason: string };

/** What this gateway is asked as the owner of channels: who waits, until when, and what was decided. */
export class ApprovalInbox {
  readonly #options: InboxOptions;
  readonly #waiting = new Map<string, ApprovalRow>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Those whose answer is on its way: nobody decides them a second time. */
  readonly #answering = new Set<string>();
  /** Newest first. */
  #decided: ApprovalRow[] = [];
  readonly #loaded: Promise<void>;
  #away: TurnedAway = { count: 0, at: 0, reason: '' };

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#loaded = this.#load();
  }

  /** Waiting ones first, those first that end first; then the newest first. */
  async list(): Promise<ApprovalRow[]> {
    await this.#loaded;
    // Its channel manager may have come back meanwhile.
    for (const row of this.#waiting.values()) if (row.manager === '') void this.owned(row).catch(() => {});
    return [...[...this.#waiting.values()].toSorted((a, b) => a.deadline - b.deadline), ...this.#decided];
  }

  get turnedAway(): TurnedAway {
    return this.#away;
  }

  async get(id: string): Promise<ApprovalRow | undefined> {
    await this.#loaded;
    return this.#waiting.get(id) ?? this.#decided.find((row) => row.id === id);
  }

  /** Finds out again whose channel it is, where that was not known. */
  async owned(row: ApprovalRow): Promise<ApprovalRow> {
    if (row.manager !== '') return row;
    const found = await this.#options.ownerOf(row.channel, row.askedBy);
    return found ? (this.#update(row.id, found) ?? { ...row, ...found }) : row;
  }

  /** News of a moderator; others than of approvals are none of this. */
  heard(connection: string, event: ModeratorEvent): void {
    if (event.type === 'approvals') this.#options.onChange(connection);
    else if (event.type === 'approval-asked') this.#asked(connection, event.asked);
    else if (event.type === 'approval-withdrawn') {
      const row = this.#waiting.get(event.id);
      if (row && !this.#answering.has(row.id))
        this.#settle(row, { state: 'expired', reason: `${nobody} ${said(event.reason)}` });
    }
  }

  /**
   * Answers a request that waits.
   * @throws Fault when it does not wait any more, or the answer cannot be sent: nobody has it then
   */
  async decide(id: string, decision: Decision): Promise<void> {
    const row = this.#waiting.get(id);
    if (!row || this.#answering.has(id))
      throw refused('Nobody waits for this answer any more: the request was answered already.');
    const { kind, by: decidedBy, reason } = decision;
    const state = kind === 'approve' ? 'approved' : 'denied';
    const response = kind === 'approve' ? grantResponse(decision.grant) : denialResponse(reason);
    this.#answering.add(id);
    try {
      await this.#send(row, response);
      this.#settle(row, { state, decidedBy, reason });
    } catch (error) {
      const fault = classify(error);
      if (fault.outcomeUnknown)
        this.#settle(row, { state, decidedBy, reason: `${reason} ${unconfirmed}`.trimStart() });
      else if (error instanceof CallError && error.code === 'nobody-asks')
        this.#settle(row, { state: 'expired', reason: `${nobody} The channel manager stopped waiting.` });
      throw fault;
    } finally {
      this.#answering.delete(id);
      // Its time may have run out meanwhile, and the timer did nothing then.
      if (this.#options.now().getTime() >= row.deadline) void this.#denyItself(row, nobody);
    }
  }

  /** Denies what waits: nobody can answer once the gateway is gone. */
  async close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    const denied = [...this.#waiting.values()].map((row) =>
      this.#denyItself(row, 'The console of the owner was closed before anybody answered.'),
    );
    await within(goodbyeMs, Promise.all(denied));
  }

  #asked(connection: string, asked: AskedApproval): void {
    if (this.#waiting.has(asked.id)) return;
    const read = readApprovalRequest(asked.request);
    if ('problem' in read) return this.#turnAway(connection, asked.id, `Not understood: ${read.problem}`);
    const askedBy = serverWords(asked.from);
    if (this.#waiting.size >= mostWaiting && !this.#makeRoom(askedBy))
      return this.#turnAway(connection, asked.id, flooded);
    const now = this.#options.now().getTime();
    const limit = this.#options.limit ?? answerMs;
    const { requester, ...question } = read.question;
    const row: ApprovalRow = {
      id: asked.id,
      askedAt: now,
      deadline: now + limit,
      state: 'waiting',
      ...question,
      requester: escapeUnsafe(requester.slice(0, mostRequester)),
      connection,
      callbackName: this.#node(connection)?.approvalName ?? '',
      askedBy,
      owner: '',
      manager: '',
      decidedBy: '',
      decidedAt: 0,
      reason: '',
    };
    this.#waiting.set(row.id, row);
    this.#timers.set(row.id, setTimeout(() => void this.#denyItself(row, nobody), limit).unref());
    this.#options.onChange(connection);
    void this.owned(row).catch(() => {
      // It is asked again when somebody decides.
    });
  }

  /** Who asks most is turned away first: a stranger's flood is not to keep out the one whom people wait for. */
  #makeRoom(askedBy: string): boolean {
    const byAsker = Map.groupBy(this.#waiting.values(), (row) => row.askedBy);
    const [most = []] = [...byAsker.values()].toSorted((a, b) => b.length - a.length);
    if ((byAsker.get(askedBy)?.length ?? 0) + 1 >= most.length) return false;
    const last = most.findLast(({ id }) => !this.#answering.has(id));
    if (!last) return false;
    clearTimeout(this.#timers.get(last.id));
    this.#timers.delete(last.id);
    this.#waiting.delete(last.id);
    this.#turnAway(last.connection, last.id, flooded);
    return true;
  }

  /** Not kept one by one: a flood must not push out of the history what people decided. */
  #turnAway(connection: string, id: string, reason: string): void {
    const at = this.#options.now().getTime();
    const { count, at: before } = this.#away;
    this.#away = { count: count + 1, at, reason };
    if (at - before > tellMs) this.#options.onChange(connection);
    void this.#node(connection)
      ?.desk?.answer(id, denialResponse(reason))
      .catch(() => {});
  }

  /** Without a person. However the answer fares, it does not wait any more. */
  async #denyItself(row: ApprovalRow, reason: string): Promise<void> {
    if (this.#answering.has(row.id) || !this.#waiting.has(row.id)) return;
    // Settled first: nobody is to decide it while the answer is on its way.
    this.#settle(row, { state: 'expired', reason });
    await this.#send(row, denialResponse(reason)).catch(() => {});
  }

  async #send(row: ApprovalRow, response: Uint8Array): Promise<void> {
    const desk = this.#node(row.connection)?.desk;
    if (!desk) throw new Fault('not-ready', 'local');
    await desk.answer(row.id, response);
  }

  #node(connection: string): Askable | undefined {
    return this.#options.nodes().find(({ link }) => link.name === connection);
  }

  #update(id: string, change: Partial<ApprovalRow>): ApprovalRow | undefined {
    const row = this.#waiting.get(id);
    if (!row) return undefined;
    const next = { ...row, ...change };
    this.#waiting.set(id, next);
    this.#options.onChange(row.connection);
    return next;
  }

  #settle({ id }: ApprovalRow, change: Pick<ApprovalRow, 'state' | 'reason'> & { decidedBy?: string }): void {
    const row = this.#waiting.get(id);
    if (!row) return;
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#waiting.delete(id);
    const decided = { ...row, ...change, decidedAt: this.#options.now().getTime() };
    this.#decided = [decided, ...this.#decided].slice(0, mostDecided);
    this.#options.onChange(row.connection);
    // Kept so that a restart knows it; it counts without that.
    this.#options.store.keep(id, decided.decidedAt, JSON.stringify(decided)).catch(() => {});
  }

  async #load(): Promise<void> {
    const bodies = await this.#options.store.kept().catch(() => []);
    const known = new Set(this.#decided.map(({ id }) => id));
    const before = bodies.flatMap((body) => readRow(body) ?? []).filter(({ id }) => !known.has(id));
    this.#decided = [...this.#decided, ...before].slice(0, mostDecided);
  }
}

/** A row as it was kept; undefined: none that this gateway would have written. One that is damaged hides no other. */
function readRow(body: string): ApprovalRow | undefined {
  try {
    const row = JSON.parse(body) as Partial<Record<keyof ApprovalRow, unknown>> | null;
    const whole =
      row !== null &&
      texts.every((field) => typeof row[field] === 'string') &&
      times.every((field) => Number.isSafeInteger(row[field])) &&
      ['approved', 'denied', 'expired'].includes(String(row.state)) &&
      (row.change === 'add' || row.change === 'delete');
    return whole ? (row as ApprovalRow) : undefined;
  } catch {
    return undefined;
  }
}

const texts = [
  'id',
  'channel',
  'invitee',
  'requester',
  'connection',
  'callbackName',
  'askedBy',
  'owner',
  'manager',
  'decidedBy',
  'reason',
] as const;
const times = ['askedAt', 'deadline', 'decidedAt'] as const;

const said = (reason: string): string => {
  const words = serverWords(reason).replace(/^./u, (first) => first.toUpperCase());
  return /[.!?…]$/u.test(words) ? words : `${words}.`;
};

const refused = (detail: string): Fault => new Fault('moderator-refused', 'local', { detail });
