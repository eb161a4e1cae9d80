import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import { EntryTree, EntryTreeKind, EntryTreeNodeSchema, ListEntryTreeResponseSchema } from '@muster/api';
import type { EntryService, EntryTreeNode, ListEntryTreeRequest } from '@muster/api';
import { badInput } from '../actions/action.ts';
import { everyEntry } from '../inventory/store/query.ts';
import type { EntryQuery, StoredEntry } from '../inventory/store/query.ts';
import type { TreeRoot, TreeSegment } from '../inventory/store/tree.ts';
import { bounded, freshnessOf, noSuchConnection, pageOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { toAgent } from './agent-facts.ts';
import { toEntry } from './convert.ts';

interface Level {
  nodes: EntryTreeNode[];
  total: number;
}
interface Span {
  offset: number;
  limit: number;
}

/** One level of the tree of entries at a time, however many there are in it. */
export function entryTreeView(context: ViewContext): Pick<ServiceImpl<typeof EntryService>, 'listEntryTree'> {
  const { inventory } = context;
  const now = (): number => Math.floor(context.now().getTime() / 1000);

  async function byParent(connection: string, node: string, span: Span): Promise<Level> {
    if (node !== '') {
      const page = await inventory.entries(childrenOf(connection, node, span, now()));
      return { nodes: await entryNodes(connection, page.entries), total: page.total };
    }
    const { nodes: roots, total } = await inventory.store.treeRoots(connection, span.offset, span.limit);
    const counts = await inventory.store.childCounts(
      connection,
      roots.map(({ id }) => id),
    );
    const nodes = roots.map((root, i) => rootNode(connection, root, counts[i] ?? 0));
    return { nodes: await Promise.all(nodes), total };
  }

  async function rootNode(connection: string, root: TreeRoot, children: number): Promise<EntryTreeNode> {
    const { id, ring } = root;
    const agent = root.agent ? await inventory.store.agentById(connection, id, now()) : undefined;
    const [entry] = ring ? await inventory.store.entriesBySpiffeId(connection, id, now()) : [];
    return create(EntryTreeNodeSchema, {
      node: children > 0 ? id : '',
      label: id,
      entries: BigInt(children),
      kind: root.agent
        ? EntryTreeKind.AGENT
        : ring
          ? EntryTreeKind.ENTRY
          : id.endsWith('/spire/server')
            ? EntryTreeKind.SERVER
            : EntryTreeKind.MISSING,
      ...(agent ? { agent: toAgent(agent) } : {}),
      ...(entry ? { entry: toEntry(entry) } : {}),
    });
  }

  async function entryNodes(connection: string, entries: readonly StoredEntry[]): Promise<EntryTreeNode[]> {
    const ids = entries.map(({ row }) => row.spiffeId);
    const counts = await inventory.store.childCounts(connection, ids);
    return entries.map((stored, i) => {
      const children = counts[i] ?? 0;
      return create(EntryTreeNodeSchema, {
        node: children > 0 ? stored.row.spiffeId : '',
        label: stored.row.spiffeId,
        entries: BigInt(children),
        entry: toEntry(stored),
        kind: EntryTreeKind.ENTRY,
      });
    });
  }

  async function byPath(connection: string, node: string, span: Span): Promise<Level> {
    const path = pathOf(node);
    if (!path.endsWith('/')) {
      const leaf = await inventory.store.treeLeaf(connection, path, span.offset, span.limit, now());
      return {
        total: leaf.total,
        nodes: leaf.nodes.map((stored) =>
          create(EntryTreeNodeSchema, {
            label: path.slice(path.lastIndexOf('/') + 1),
            entries: 1n,
            here: 1n,
            entry: toEntry(stored),
            kind: EntryTreeKind.ENTRY,
          }),
        ),
      };
    }
    const level = await inventory.store.treeLevel(connection, path, span.offset, span.limit, now());
    if (!level)
      throw new ConnectError(
        `${connection}: its entries are being read for the first time; by path they can be shown once all are there.`,
        Code.Unavailable,
      );
    return { total: level.total, nodes: level.nodes.map((segment) => segmentNode(path, segment)) };
  }

  return {
    async listEntryTree(request) {
      bounded('node', request.node);
      const connection = context.connections.spire.find(({ link }) => link.name === request.connection);
      if (!connection) throw noSuchConnection(request.connection, context.connections.spire);
      const { name } = connection.link;
      await inventory.firstPages([name]);
      const read = readerOf(request);
      const { nodes, total } = await read(name, request.node, pageOf(request.page));
      return create(ListEntryTreeResponseSchema, {
        nodes,
        total: BigInt(total),
        freshness: freshnessOf(inventory, [connection]),
      });
    },
  };

  function readerOf({ tree }: ListEntryTreeRequest): typeof byPath {
    if (tree === EntryTree.PARENT) return byParent;
    if (tree === EntryTree.PATH) return byPath;
    throw badInput('tree', 'parent or path is needed.');
  }
}

/** A segment opens into what is below it; where nothing is, but several entries are at it, into those. */
function segmentNode(path: string, { name, here, below, entry }: TreeSegment): EntryTreeNode {
  return create(EntryTreeNodeSchema, {
    node: below > 0 ? `${path}${name}/` : here > 1 ? `${path}${name}` : '',
    label: name,
    entries: BigInt(here + below),
    here: BigInt(here),
    kind: EntryTreeKind.SEGMENT,
    ...(entry ? { entry: toEntry(entry) } : {}),
  });
}

function pathOf(node: string): string {
  if (node === '') return '/';
  if (!node.startsWith('/')) throw badInput('node', 'by path, a path begins with a slash, such as /shop/.');
  return node;
}

function childrenOf(connection: string, parentId: string, span: Span, now: number): EntryQuery {
  return {
    connections: [connection],
    ...everyEntry,
    parentId,
    ...span,
    now,
  };
}
