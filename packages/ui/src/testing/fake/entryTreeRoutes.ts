import {
  type Entry,
  EntryService,
  EntryTree,
  EntryTreeKind,
  type EntryTreeNodeSchema,
  ExportFormat,
  type ListEntriesRequest,
} from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import type { World } from './world.ts';

type Node = MessageInitShape<typeof EntryTreeNodeSchema>;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const byId = (a: Entry, b: Entry) => (a.spiffeId < b.spiffeId ? -1 : 1);

/** The tree and the export of the fake's entries. */
export function entryTreeRoutes(
  world: World,
  find: (request: ListEntriesRequest) => Entry[],
): Pick<ServiceImpl<typeof EntryService>, 'listEntryTree' | 'exportEntries'> {
  return {
    listEntryTree({ tree, connection, node, page }) {
      const own = world.entries.filter((entry) => entry.connection === connection).toSorted(byId);
      const nodes = tree === EntryTree.PATH ? byPath(own, node || '/') : byParent(world, own, node);
      const from = Number(page?.offset ?? 0n);
      return {
        nodes: nodes.slice(from, from + (page?.limit || 100)),
        total: BigInt(nodes.length),
        freshness: { asOf: timestampFromMs(world.readAt), refreshing: false },
      };
    },
    async *exportEntries({ query, format }, { signal }) {
      const rows = query ? find(query) : [];
      const pauses = world.slowExport ? 1000 : 0;
      const total = BigInt(pauses || rows.length);
      for (let at = 0; at < pauses; at++) {
        signal.throwIfAborted();
        yield { part: new Uint8Array(1), rows: BigInt(at), total };
        await pause(10);
      }
      const text =
        format === ExportFormat.CSV
          ? ['spiffe_id', ...rows.map((entry) => entry.spiffeId)].join('\r\n')
          : JSON.stringify({ entries: rows.map(({ spiffeId }) => ({ spiffe_id: spiffeId })) });
      yield { part: new TextEncoder().encode(text), rows: BigInt(rows.length), total };
    },
  };
}

function byPath(entries: readonly Entry[], path: string): Node[] {
  const paths = entries.map((entry) => ({ entry, path: new URL(entry.spiffeId).pathname }));
  const under = paths.filter((one) => one.path.startsWith(path));
  const groups = Map.groupBy(under, (one) => one.path.slice(path.length).split('/')[0] ?? '');
  return [...groups].map(([label, all]) => {
    const here = all.filter((one) => one.path === path + label);
    const only = here.length === 1 ? here[0]?.entry : undefined;
    return {
      label,
      node: here.length < all.length ? `${path}${label}/` : '',
      entries: BigInt(all.length),
      here: BigInt(here.length),
      kind: EntryTreeKind.SEGMENT,
      ...(only && { entry: only }),
    };
  });
}

function byParent(world: World, entries: readonly Entry[], node: string): Node[] {
  const ids = new Set(entries.map((entry) => entry.spiffeId));
  const below = (id: string) => entries.filter((entry) => entry.parentId === id).length;
  if (node !== '')
    return entries
      .filter((entry) => entry.parentId === node)
      .map((entry) => ({
        label: entry.spiffeId,
        node: below(entry.spiffeId) > 0 ? entry.spiffeId : '',
        entries: BigInt(below(entry.spiffeId)),
        kind: EntryTreeKind.ENTRY,
        entry,
      }));
  const roots = [...new Set(entries.map((entry) => entry.parentId))].filter((id) => !ids.has(id));
  return roots.toSorted().map((id) => {
    const agent = world.agents.find((one) => one.id === id);
    return {
      label: id,
      node: id,
      entries: BigInt(below(id)),
      kind: agent
        ? EntryTreeKind.AGENT
        : id.endsWith('/spire/server')
          ? EntryTreeKind.SERVER
          : EntryTreeKind.MISSING,
      ...(agent && { agent }),
    };
  });
}
