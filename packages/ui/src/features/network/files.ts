import { create, type DescMessage, type Message, type MessageShape, toJson } from '@bufbuild/protobuf';
import { ListLinksResponseSchema, ListNodesResponseSchema, ListRoutesResponseSchema } from '@muster/api';
import type { ReadFile } from '../../components/index.ts';
import { linksCsv, nodesCsv, routesCsv } from './csv.ts';
import { useNetworkClient } from './queries.ts';
import { type ListTab, type NetworkSearch, toLinks, toNodes, toRoutes } from './search.ts';

const AT_ONCE = 1000;

interface Page {
  offset: bigint;
  limit: number;
}

interface Kind<Row, Answer extends Message> {
  ask: (page: Page) => Promise<Answer & { total: bigint }>;
  rowsOf: (answer: Answer) => readonly Row[];
  csv: (rows: readonly Row[]) => string;
  json: (rows: Row[], total: bigint) => unknown;
}

/** All that a list of the network shows, page by page, as one file. */
export function useNetworkFile(tab: ListTab, search: NetworkSearch): ReadFile {
  const client = useNetworkClient();
  return (format, signal) => {
    const csv = format.value === 'csv';
    if (tab === 'routes')
      return read(csv, {
        ask: (page) => client.listRoutes({ ...toRoutes(search), page }, { signal }),
        rowsOf: ({ routes }) => routes,
        csv: routesCsv,
        json: (routes, total) => jsonOf(ListRoutesResponseSchema, { routes, total }),
      });
    if (tab === 'links')
      return read(csv, {
        ask: (page) => client.listLinks({ ...toLinks(search), page }, { signal }),
        rowsOf: ({ links }) => links,
        csv: linksCsv,
        json: (links, total) => jsonOf(ListLinksResponseSchema, { links, total }),
      });
    return read(csv, {
      ask: (page) => client.listNodes({ ...toNodes(search), page }, { signal }),
      rowsOf: ({ nodes }) => nodes,
      csv: nodesCsv,
      json: (nodes, total) => jsonOf(ListNodesResponseSchema, { nodes, total }),
    });
  };
}

const jsonOf = <S extends DescMessage>(schema: S, init: Parameters<typeof create<S>>[1]): unknown =>
  toJson(schema, create(schema, init) as MessageShape<S>);

async function* read<Row, Answer extends Message>(
  csv: boolean,
  kind: Kind<Row, Answer>,
): ReturnType<ReadFile> {
  const rows: Row[] = [];
  let [total, first] = [0n, -1n];
  do {
    const answer = await kind.ask({ offset: BigInt(rows.length), limit: AT_ONCE });
    total = answer.total;
    if (first < 0n) first = total;
    const more = kind.rowsOf(answer);
    if (more.length === 0) break;
    rows.push(...more);
    yield { part: new Uint8Array(), rows: BigInt(rows.length), total, changed: '' };
  } while (BigInt(rows.length) < total);
  const text = csv ? kind.csv(rows) : JSON.stringify(kind.json(rows, BigInt(rows.length)), null, 2);
  const changed =
    total === first
      ? ''
      : 'The list changed while it was read: something may be in the file twice, or missing. Export again to be sure.';
  yield { part: new TextEncoder().encode(text), rows: BigInt(rows.length), total, changed };
}
