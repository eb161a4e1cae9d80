import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import { type EntryService, ExportEntriesResponseSchema, type ListEntriesRequest } from '@muster/api';
import { badInput } from '../actions/action.ts';
import type { EntryQuery } from '../inventory/store/query.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { spireOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { writers } from './entry-formats.ts';

/** Rows in memory at once. */
const step = 1000;

/**
 * The whole result of a search as a file, in parts of some rows each. A slow reader holds back its own stream only.
 * @param queryOf how `listEntries` reads a request, so that both mean the same rows in the same order
 */
export function entryExportView(
  context: ViewContext,
  queryOf: (request: ListEntriesRequest, connections: string[], now: number) => EntryQuery,
): Pick<ServiceImpl<typeof EntryService>, 'exportEntries'> {
  const { inventory } = context;
  return {
    async *exportEntries({ query: asked, format }, { signal }) {
      const writer = writers.get(format);
      if (!writer) throw badInput('format', 'csv, json, yaml or spire-data is needed.');
      if (!asked) throw badInput('query', 'say what to export; an empty one is every entry.');
      const connections = spireOf(context, asked.trustDomains);
      if (connections.length === 0)
        throw new ConnectError(
          `trust_domains: no SPIRE server of ${asked.trustDomains.join(', ') || 'any trust domain'} is connected.`,
          Code.NotFound,
        );
      const names = connections.map(({ link }) => link.name);
      await inventory.firstPages(names);
      refuseHalf(context, connections);

      const now = Math.floor(context.now().getTime() / 1000);
      const query = { ...queryOf(asked, names, now), limit: step };
      const before = await inventory.store.entryChanges();
      let rows = 0;
      for (;;) {
        signal.throwIfAborted();
        const page = await inventory.entries({ ...query, offset: rows });
        const first = rows === 0;
        rows += page.entries.length;
        const last = page.entries.length < step;
        const parts = [
          first ? writer.begin() : '',
          page.entries.length > 0 ? writer.rows(page.entries, first) : '',
          last ? writer.end(rows === 0) : '',
        ];
        yield create(ExportEntriesResponseSchema, {
          part: new TextEncoder().encode(parts.join('')),
          rows: BigInt(rows),
          // An estimate may be passed, and is right at the end.
          total: BigInt(last ? rows : Math.max(page.total, rows)),
          changed: last
            ? whatChanged(context, connections, before !== (await inventory.store.entryChanges()))
            : '',
        });
        if (last) return;
      }
    },
  };
}

/** A file that looks whole and is not would be taken for a backup: what was never read to its end is not exported. */
function refuseHalf({ inventory }: ViewContext, connections: readonly SpireConnection[]): void {
  const half = connections.flatMap(({ link: { name } }) => {
    const state = inventory.feedState(name);
    if (state?.asOf) return [];
    const reason = state?.stale ? ` ${state.stale}` : '';
    return [`${name}: its entries have not been read to the end yet, ${state?.read ?? 0} so far.${reason}`];
  });
  if (half.length > 0)
    throw new ConnectError(`${half.join(' ')} Export once they are.`, Code.FailedPrecondition);
}

/** What makes the file differ from the servers, in words; empty when nothing is known to. */
function whatChanged(
  { inventory }: ViewContext,
  connections: readonly SpireConnection[],
  changed: boolean,
): string {
  const stale = connections.flatMap(({ link: { name } }) => {
    const state = inventory.feedState(name);
    return state?.stale
      ? [`${name} is as it was at ${state.asOf?.toISOString() ?? 'an unknown time'}: ${state.stale}`]
      : [];
  });
  const moved = changed
    ? [
        'Entries changed while this was written: one may be in the file twice, or missing. Export again for an exact copy.',
      ]
    : [];
  return [...moved, ...stale].join(' ');
}
