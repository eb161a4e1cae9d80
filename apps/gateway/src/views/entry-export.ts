import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { type EntryService, ExportEntriesResponseSchema, type ListEntriesRequest } from '@muster/api';
import { badInput } from '../actions/action.ts';
import type { EntryQuery } from '../inventory/store/query.ts';
import { spireOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { writers } from './entry-formats.ts';
import { refuseHalf, someServers, staleNotes } from './export-state.ts';

/** Rows in memory at once. */
const step = 1000;

const moved =
  'Entries changed while this was written: one may be in the file twice, or missing. Export again for an exact copy.';

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
      someServers(connections, asked.trustDomains);
      const names = connections.map(({ link }) => link.name);
      await inventory.firstPages(names);
      refuseHalf(context, connections, 'entries');

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
            ? [
                before === (await inventory.store.entryChanges()) ? '' : moved,
                ...staleNotes(context, connections),
              ]
                .filter((text) => text !== '')
                .join(' ')
            : '',
        });
        if (last) return;
      }
    },
  };
}
