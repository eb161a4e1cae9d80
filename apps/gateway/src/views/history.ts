import { create } from '@bufbuild/protobuf';
import { timestampFromDate, timestampMs } from '@bufbuild/protobuf/wkt';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import { ChangeKind, ChangeSchema, ChangeVerb, HistoryService, ListChangesResponseSchema } from '@muster/api';
import type { Change } from '@muster/api';
import { differencesOf } from '../history/differences.ts';
import { originOf } from '../history/origin.ts';
import type { ChangeQuery, Change as StoredChange } from '../inventory/store/changes.ts';
import type { RecordSpan } from '../inventory/store/records-between.ts';
import { bounded, freshnessOf, pageOf, spireOf } from './context.ts';
import type { ViewContext } from './context.ts';

const kinds = new Map<ChangeKind, ChangeQuery['kind'] & string>([
  [ChangeKind.ENTRY, 'entry'],
  [ChangeKind.AGENT, 'agent'],
  [ChangeKind.BUNDLE, 'bundle'],
]);
const verbs = new Map<ChangeVerb, ChangeQuery['verb'] & string>([
  [ChangeVerb.ADDED, 'added'],
  [ChangeVerb.CHANGED, 'changed'],
  [ChangeVerb.REMOVED, 'removed'],
]);
const numberOf = <N extends number>(map: ReadonlyMap<N, string>, word: string): N =>
  ([...map].find(([, one]) => one === word)?.[0] ?? 0) as N;

/** Around a change in which an action may have made it, ms. */
const around = 5000;
const slowest = 10 * 60_000;

/** Who was added, changed and removed, as readings of the servers saw it. */
export function historyService(context: ViewContext): Partial<ServiceImpl<typeof HistoryService>> {
  const { inventory } = context;
  return {
    async listChanges(request) {
      const connections = spireOf(context, request.trustDomains);
      const names = connections.map(({ link }) => link.name);
      const [since, until] = [moment('since', request.since), moment('until', request.until)];
      if (since > 0 && until > 0 && since > until)
        throw new ConnectError('until: it is before since.', Code.InvalidArgument);
      await inventory.firstAgents(names);
      const kind = kinds.get(request.kind);
      const verb = verbs.get(request.verb);
      const page = await inventory.store.changes({
        connections: names,
        since,
        until,
        ...(kind === undefined ? {} : { kind }),
        ...(verb === undefined ? {} : { verb }),
        search: bounded('search', request.search),
        target: bounded('target', request.target, 2048),
        ...pageOf(request.page),
      });
      const { changes } = page;
      const first = Math.min(
        ...changes.map(({ notBefore, seenAt }) => Math.max(notBefore, seenAt - slowest)),
      );
      const last = Math.max(...changes.map(({ seenAt }) => seenAt));
      const records =
        changes.length === 0 ? [] : await inventory.store.recordsBetween(first - around, last + around);
      const kept = page.keptSince.map(({ at }) => at);
      return create(ListChangesResponseSchema, {
        changes: changes.map((change) => toChange(change, records)),
        total: BigInt(page.total),
        // Of several servers the one watched last: from then on nothing is missing of any.
        ...(kept.length > 0 ? { keptSince: timestampFromDate(new Date(Math.max(...kept))) } : {}),
        freshness: freshnessOf(inventory, connections),
      });
    },
  };
}

/** A change as the contract says it; `records` are the actions at about its time. */
export function toChange(change: StoredChange, records: readonly RecordSpan[]): Change {
  const { record, text } = originOf(change, records);
  return create(ChangeSchema, {
    id: BigInt(change.seq),
    connection: change.connection,
    kind: numberOf(kinds, change.kind),
    verb: numberOf(verbs, change.verb),
    target: change.name,
    entryId: change.kind === 'entry' ? change.id : '',
    seenAt: timestampFromDate(new Date(change.seenAt)),
    ...(change.notBefore > 0 ? { notBefore: timestampFromDate(new Date(change.notBefore)) } : {}),
    fields: differencesOf(change),
    recordId: record?.record ?? '',
    recordTitle: record?.title ?? '',
    origin: text,
  });
}

export function moment(field: string, at: Timestamp | undefined): number {
  if (!at) return 0;
  const ms = timestampMs(at);
  if (!Number.isFinite(ms) || ms < 0 || ms > 253_402_300_799_999)
    throw new ConnectError(`${field}: no moment between 1970 and 9999.`, Code.InvalidArgument);
  return ms;
}
