import { randomBytes, randomUUID } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  ApplyProgressSchema,
  ApplyResultSchema,
  ChangeCountSchema,
  ItemOutcome,
  PlanSchema,
} from '@muster/api';
import type { ApplyProgress, ApplyResult, ItemResult, Plan } from '@muster/api';
import type { AuditLine } from '../audit/chain.ts';
import type { UndoOutcome } from '../inventory/store/undo.ts';
import { ROLES } from '../caller.ts';
import type { Caller, Role } from '../caller.ts';
import { refuse } from '../upstream/refuse.ts';
import type { ActionContext, AnyAction, Planned } from './action.ts';
import { badInput, totalOf } from './action.ts';
import { digestOf, withoutSecrets } from './digest.ts';
import { checkInput } from './input.ts';
import { Keep } from './keep.ts';
import { Paced } from './paced.ts';
import { findAction } from './registry.ts';
import { failed, stopped } from './results.ts';
import { Run } from './run.ts';

const planMs = 10 * 60_000;
const mostPlans = 256;
const mostRuns = 1024;
/** Changes of all plans kept, and results of all runs kept: an import has thousands. */
const mostChanges = 200_000;
const mostResults = 200_000;

interface Kept {
  planned: Planned;
  action: AnyAction;
  /** Digest of the action and its input. */
  asked: string;
  role: Role;
  expiresAt: Date;
  /** A plan is carried out at most once. */
  applied: boolean;
  run?: Run;
}

export interface EngineOptions extends ActionContext {
  /** Appends to the audit log and has it on the disk; rejects when it cannot. */
  record: (line: AuditLine) => Promise<void>;
  /** Keeps how a record is undone. */
  noteUndo: (outcome: UndoOutcome) => Promise<void>;
  onRecord: () => void;
  /** Follows each run: what it gives back is called with every result, and without one at the end. */
  witness?: (record: string, planned: Planned, caller: Caller) => (item?: ItemResult) => void;
}

/** Plans, and applies a plan by its digest: permissions, idempotency, record and refusal are here, once. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #secretsKey = randomBytes(32);
  readonly #plans = new Keep<Kept>(mostPlans, mostChanges, ({ planned }) => totalOf(planned));
  readonly #runs = new Keep<Run>(mostRuns, mostResults, (run) => run.length);
  readonly #underWay = new Set<string>();

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  async plan(name: string, input: JsonObject): Promise<Plan> {
    const action = findAction(name);
    if (!action) throw badInput('action', 'there is no such action. ListActions names those there are.');
    checkInput(action, input);
    const planned = await action.plan(input as never, this.#options);
    const { target } = planned;
    const shown = withoutSecrets(input, action.secrets ?? [], this.#secretsKey);
    const digest = digestOf({ action: name, input: shown, target, before: planned.before });
    const expiresAt = new Date(this.#options.now().getTime() + planMs);
    // The same plan made again while it is carried out must not be carried out beside itself.
    if (this.#plans.get(digest)?.run?.over !== false)
      this.#plans.set(digest, {
        planned,
        action,
        asked: undoDigest(name, shown),
        role: planned.role ?? action.role,
        expiresAt,
        applied: false,
      });
    return create(PlanSchema, {
      digest,
      action: name,
      title: planned.title,
      changes: planned.changes,
      effects: planned.effects,
      warnings: planned.warnings,
      commands: planned.commands,
      expiresAt: timestampFromDate(expiresAt),
      counts: countsOf(planned).map(([verb, count]) => create(ChangeCountSchema, { verb, count })),
      resumable: planned.resumable ?? false,
      stoppable: planned.stoppable ?? totalOf(planned) > 1,
      destructive: planned.destructive,
      inverse: planned.inverse ?? action.inverse,
      targetDescription:
        target.trustDomain === '' ? target.connection : `${target.connection} (${target.trustDomain})`,
    });
  }

  /** Applies once per key; a key used before is answered with what it did then. */
  async *apply(digest: string, key: string, caller: Caller): AsyncGenerator<ApplyProgress> {
    if (!/^[0-9a-f]{32}$/iu.test(key))
      throw badInput('idempotency_key', '16 random bytes in hex are needed.');
    const before = this.#runs.get(key);
    if (before) {
      if (before.digest !== digest)
        throw badInput('idempotency_key', 'it was used for another plan. Use a new one for each.');
      requireRole(caller, before.role);
      yield* before.follow();
      return;
    }
    const kept = this.#plans.get(digest);
    if (!kept || kept.expiresAt <= this.#options.now()) {
      this.#plans.delete(digest);
      throw new ConnectError(
        'This plan is not known here or older than 10 minutes. Plan again and look at what it says now.',
        Code.FailedPrecondition,
      );
    }
    if (ROLES.indexOf(caller.role) < ROLES.indexOf(kept.role)) {
      await this.#note(
        kept,
        caller,
        digest,
        randomUUID(),
        'refused',
        `The role ${kept.role} is needed.`,
      ).catch(() => {});
      requireRole(caller, kept.role);
    }
    // What finds out itself what is done may go on where it stopped, once the run before has ended.
    const again = kept.planned.resumable === true && kept.run?.over === true;
    if (kept.applied && !again)
      throw new ConnectError(
        kept.run?.over === false
          ? 'This plan is being applied right now. Activity shows what comes of it.'
          : 'This plan was applied already. Plan again to do it once more.',
        Code.FailedPrecondition,
      );
    // Before anything is awaited: two calls at once must not both get here.
    kept.applied = true;
    const run = new Run(digest, kept.role);
    kept.run = run;
    this.#runs.set(key, run);
    void this.#carryOut(kept, run, key, caller);
    yield* run.follow();
  }

  /** Ends a run after the item under way; one that is over stays as it is. */
  stop(key: string, caller: Caller): void {
    const run = this.#runs.get(key);
    if (!run) throw new ConnectError('Nothing is applied under this key, or not any more.', Code.NotFound);
    requireRole(caller, run.role);
    run.stop();
  }

  /** Whether the record is of a run that goes on; one of a gateway that was killed does not. */
  isUnderWay(record: string): boolean {
    return this.#underWay.has(record);
  }

  async #carryOut(kept: Kept, run: Run, key: string, caller: Caller): Promise<void> {
    const { planned, action } = kept;
    const record = randomUUID();
    // Nothing was sent: whoever has the plan may try again, with the same key or another.
    const release = (): void => {
      kept.applied = false;
      this.#runs.delete(key);
    };
    try {
      let changed: string;
      try {
        changed = await planned.check();
      } catch (error) {
        release();
        throw error instanceof ConnectError
          ? error
          : refuse('Checking the plan', planned.target.connection, error);
      }
      if (changed !== '') {
        const reason = `It changed since it was planned: ${changed}. Nothing was sent; plan again.`;
        await this.#note(kept, caller, run.digest, record, 'refused', reason).catch(() => {});
        throw new ConnectError(reason, Code.FailedPrecondition);
      }
      try {
        this.#underWay.add(record);
        await this.#note(kept, caller, run.digest, record, 'started', describe(planned));
      } catch {
        this.#underWay.delete(record);
        release();
        throw new ConnectError(
          'The record of it could not be written, so nothing was sent. Look at the disk of this gateway.',
          Code.FailedPrecondition,
        );
      }
    } catch (error) {
      run.end(error);
      return;
    }
    const total = totalOf(planned);
    const results: ItemResult[] = [];
    const witness = this.#options.witness?.(record, planned, caller);
    run.tell(create(ApplyProgressSchema, { done: 0, total }));
    // Killed in the middle, what was done until then can be undone by its record.
    const undo = new Paced(() => {
      const soFar = summarize(record, results, action, planned);
      if (soFar.inverseInput) void this.#options.noteUndo(this.#outcome(kept, record, soFar)).catch(() => {});
    });
    const take = (item: ItemResult): void => {
      results.push(item);
      witness?.(item);
      if (total > 1 && item.outcome === ItemOutcome.DONE) undo.touch();
      run.tell(create(ApplyProgressSchema, { done: results.length, total, item }));
    };
    try {
      for await (const item of planned.apply(caller, run.stopping)) {
        take(item);
        if (run.stopping.aborted) break;
      }
      if (run.stopping.aborted) {
        for (const { target } of planned.changes.slice(results.length)) take(stopped(target));
        const rest = total - results.length;
        if (rest > 0) take(stopped(`and ${rest} more`));
      }
    } catch (error) {
      // An action answers for each of its items itself; what gets here is a mistake of ours, and nobody can tell.
      for (const { target } of planned.changes.slice(results.length)) take(failed(target, error));
      const rest = total - results.length;
      if (rest > 0) take(failed(`and ${rest} more`, error));
    }
    witness?.();
    undo.end();
    const result = summarize(record, results, action, planned);
    const state = stateOf(result, results.length);
    if (result.done > 0)
      // Without it the record says that its undo is not kept; what was done is done.
      await this.#options.noteUndo(this.#outcome(kept, record, result)).catch(() => {});
    const refusals = results.filter(({ outcome }) => outcome !== ItemOutcome.DONE).slice(0, 5);
    const detail = [
      `${result.done} done, ${result.refused} refused, ${result.unknown} unknown`,
      ...refusals.map(({ target, reason }) => `${target}: ${reason}`),
    ].join('; ');
    await this.#note(kept, caller, run.digest, record, state, detail).catch(() => {
      // It has been sent: the record says "started", which is what is known for sure.
    });
    this.#underWay.delete(record);
    run.tell(create(ApplyProgressSchema, { done: results.length, total, result }));
    run.end();
  }

  #outcome({ asked }: Kept, record: string, { inverse, inverseInput }: ApplyResult): UndoOutcome {
    return {
      record,
      at: this.#options.now().getTime(),
      asked,
      ...(inverseInput
        ? {
            inverse: {
              action: inverse,
              digest: undoDigest(inverse, inverseInput),
              input: JSON.stringify(inverseInput),
            },
          }
        : {}),
    };
  }

  async #note(
    kept: Kept,
    caller: Caller,
    digest: string,
    record: string,
    state: string,
    detail: string,
  ): Promise<void> {
    const { action, planned } = kept;
    const { session, client, role } = caller;
    const at = this.#options.now().getTime();
    await this.#options.record({
      record,
      at,
      action: action.name,
      title: planned.title,
      session,
      client,
      role,
      state,
      detail: detail.slice(0, 4000),
      digest,
    });
    this.#options.onRecord();
  }
}

function requireRole(caller: Caller, role: Role): void {
  if (ROLES.indexOf(caller.role) >= ROLES.indexOf(role)) return;
  throw new ConnectError(
    `The role ${role} is needed for this, and this session has the role ${caller.role}.`,
    Code.PermissionDenied,
  );
}

/** What tells that one thing was asked for twice: once as an inverse, once in earnest. */
const undoDigest = (action: string, input: JsonObject): string => digestOf({ action, input });

/** By verb, in the order of their first change. */
function countsOf({ changes, counts }: Planned): [string, number][] {
  if (counts) return [...counts];
  return [...Map.groupBy(changes, ({ verb }) => verb)].map(([verb, some]) => [verb, some.length]);
}

function describe(planned: Planned): string {
  const { target, changes } = planned;
  const named = changes.slice(0, 5).map(({ verb, kind, target: one }) => `${verb} ${kind} ${one}`);
  const left = totalOf(planned) - named.length;
  const more = left > 0 ? [`and ${left} more`] : [];
  return `On ${target.connection}: ${[...named, ...more].join('; ')}`;
}

function summarize(
  recordId: string,
  results: readonly ItemResult[],
  action: AnyAction,
  planned: Planned,
): ApplyResult {
  const number = (outcome: ItemOutcome): number => results.filter((item) => item.outcome === outcome).length;
  const inverse = planned.inverse ?? action.inverse;
  const inverseInput = inverse === '' ? undefined : planned.inverseInput(results);
  return create(ApplyResultSchema, {
    recordId,
    done: number(ItemOutcome.DONE),
    refused: number(ItemOutcome.REFUSED) + number(ItemOutcome.SKIPPED),
    unknown: number(ItemOutcome.UNKNOWN),
    ...(inverseInput === undefined ? {} : { inverse, inverseInput }),
  });
}

function stateOf(result: ApplyResult, total: number): string {
  if (result.unknown > 0) return 'unknown';
  if (result.done === total) return 'done';
  return result.done === 0 ? 'refused' : 'partial';
}
