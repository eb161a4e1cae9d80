import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  ExpiryBinSchema,
  ExpiryKind,
  ExpirySchema,
  ExpiryService,
  ListExpiryResponseSchema,
} from '@muster/api';
import type { Expiry, ExpiryBin, ListExpiryRequest } from '@muster/api';
import type { ExpiryPage, ExpiryRow } from '../inventory/store/expiry.ts';
import { freshnessOf, pageOf, spireOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { timestamp } from './times.ts';
import { edgesOf } from './expiry-edges.ts';
import { expiryItems } from './expiry-items.ts';
import type { ExpiryItem } from './expiry-items.ts';
import { agentNote, entryNote } from './expiry-notes.ts';

export function expiryService(context: ViewContext): Partial<ServiceImpl<typeof ExpiryService>> {
  const { inventory } = context;
  return {
    async listExpiry(request) {
      const at = context.now();
      const now = BigInt(Math.floor(at.getTime() / 1000));
      const connections = spireOf(context, request.trustDomains);
      const names = connections.map(({ link }) => link.name);
      await inventory.firstAgents(names);
      const kinds = new Set<ExpiryKind>(request.kinds.filter((kind) => kind !== ExpiryKind.UNSPECIFIED));
      const wanted = (kind: ExpiryKind): boolean => kinds.size === 0 || kinds.has(kind);
      const { items, missing } = await expiryItems(context, connections, wanted, now);
      const edges = edgesOf(Number(request.span)).map((edge) => now + BigInt(edge));
      const page = await inventory.store.expiryPage({
        connections: names,
        entries: wanted(ExpiryKind.ENTRY),
        agents: wanted(ExpiryKind.AGENT),
        others: items.map(({ expiresAt }) => expiresAt),
        ...boundsOf(request, now),
        ...pageOf(request.page),
        edges,
      });
      const domains = new Map(connections.map(({ link }) => [link.name, link.trustDomain]));
      return create(ListExpiryResponseSchema, {
        items: page.rows.flatMap((row) => toExpiry(row, items, domains, now)),
        total: BigInt(page.total),
        bins: binsOf(page, items, edges, request.span > 0n),
        freshness: freshnessOf(inventory, connections),
        now: timestampFromDate(at),
        missing,
      });
    },
  };
}

function boundsOf(
  { within, after, expired, onlyExpired }: ListExpiryRequest,
  now: bigint,
): { after: bigint | undefined; until: bigint | undefined } {
  // Further than any clock goes, and still a number of SQLite's.
  const far = (seconds: bigint): bigint => now + (seconds > 1n << 60n ? 1n << 60n : seconds);
  if (onlyExpired) return { after: undefined, until: now };
  const from = after > 0n ? far(after) : expired ? undefined : now;
  return { after: from, until: within > 0n ? far(within) : undefined };
}

function toExpiry(
  row: ExpiryRow,
  items: readonly ExpiryItem[],
  domains: ReadonlyMap<string, string>,
  now: bigint,
): Expiry[] {
  if (row.kind === 'other') {
    const item = items[row.index];
    return item
      ? [
          create(ExpirySchema, {
            ...item,
            notBefore: timestamp(item.notBefore),
            expiresAt: timestamp(item.expiresAt),
          }),
        ]
      : [];
  }
  const { connection } = row;
  const trustDomain = domains.get(connection) ?? '';
  if (row.kind === 'entry')
    return [
      create(ExpirySchema, {
        kind: ExpiryKind.ENTRY,
        connection,
        trustDomain,
        name: row.row.spiffeId,
        notBefore: timestamp(row.row.createdAt),
        expiresAt: timestamp(row.row.expiresAt),
        link: `/entries?${new URLSearchParams({ id: `${connection}/${row.row.id}` }).toString()}`,
        ...entryNote(row.row, now),
      }),
    ];
  const renewedAfter = BigInt(Math.floor(row.renewedAfter / 1000));
  return [
    create(ExpirySchema, {
      kind: ExpiryKind.AGENT,
      connection,
      trustDomain,
      name: row.row.id,
      notBefore: timestamp(renewedAfter),
      expiresAt: timestamp(row.row.expiresAt),
      link: `/agents?${new URLSearchParams({ id: row.row.id, on: connection }).toString()}`,
      ...agentNote(row.row, renewedAfter, now),
    }),
  ];
}

/** Stretches in order of time. A zoomed axis ends where its span does; the whole one has no end. */
function binsOf(
  page: ExpiryPage,
  items: readonly ExpiryItem[],
  edges: readonly bigint[],
  zoomed: boolean,
): ExpiryBin[] {
  const others = edges.map(() => new Map<ExpiryKind, number>());
  others.push(new Map());
  for (const { kind, expiresAt } of items) {
    const found = edges.findIndex((edge) => expiresAt <= edge);
    const bin = others[found < 0 ? edges.length : found];
    bin?.set(kind, (bin.get(kind) ?? 0) + 1);
  }
  const stretches = zoomed ? others.slice(0, -1) : others;
  return stretches.flatMap((counts, index) => {
    const from: Timestamp | undefined = index === 0 ? undefined : timestamp(edges[index - 1] ?? 0n);
    const to = index === edges.length ? undefined : timestamp(edges[index] ?? 0n);
    const all = new Map(counts);
    for (const [kind, count] of [
      [ExpiryKind.ENTRY, page.entryBins[index]],
      [ExpiryKind.AGENT, page.agentBins[index]],
    ] as const)
      if (count) all.set(kind, count);
    const filled = [...all].toSorted(([a], [b]) => a - b);
    const shown = filled.length === 0 ? [[ExpiryKind.UNSPECIFIED, 0] as const] : filled;
    return shown.map(([kind, count]) =>
      create(ExpiryBinSchema, {
        ...(from ? { from } : {}),
        ...(to ? { to } : {}),
        kind,
        count: BigInt(count),
      }),
    );
  });
}
