import { create } from '@bufbuild/protobuf';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  CompareBundlesResponseSchema,
  GetBundleResponseSchema,
  KeySide,
  ListBundlesResponseSchema,
} from '@muster/api';
import type { BundleCopy, TrustDomainService } from '@muster/api';
import { compareKeys, countedKeys, keysOf, sameKeys } from '../doctor/keys.ts';
import type { BundleKey, KeyPair } from '../doctor/keys.ts';
import { classify } from '../upstream/errors.ts';
import { refuse } from '../upstream/refuse.ts';
import { sentence } from '../upstream/sentences.ts';
import { showBundleCommand } from '../upstream/spire/commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { listBundleCommand } from '../upstream/spire/federation-commands.ts';
import type { BundleRow } from '../upstream/spire/rows.ts';
import { moment, toBundle } from './bundle-facts.ts';
import { historyOf, versionAt } from './bundle-history.ts';
import { noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';

type Service = Partial<ServiceImpl<typeof TrustDomainService>>;

/** Bundles and their differences; part of the TrustDomainService. */
export function bundles(context: ViewContext): Pick<Service, 'listBundles' | 'getBundle' | 'compareBundles'> {
  return {
    async listBundles({ connection }) {
      const all = context.connections.spire;
      const wanted = connection === '' ? all : all.filter(({ link }) => link.name === connection);
      if (connection !== '' && wanted.length === 0) throw noSuchConnection(connection, all);
      const unread: { connection: string; trustDomain: string; reason: string }[] = [];
      const lists = await Promise.all(
        wanted.map(async (source) => {
          const { name } = source.link;
          try {
            return await bundlesOf(context, source);
          } catch (error) {
            // Asked for by name it is an answer; among others it must not hide them.
            if (connection !== '') throw refuse('Reading bundles', name, error);
            unread.push({
              connection: name,
              trustDomain: source.link.trustDomain,
              reason: sentence(classify(error)),
            });
            return [];
          }
        }),
      );
      const [first] = wanted;
      return create(ListBundlesResponseSchema, {
        bundles: lists.flat(),
        unread,
        ...(first ? { command: showBundleCommand(first.config.address) } : {}),
      });
    },

    async getBundle({ connection, trustDomain, at }) {
      const source = named(context, connection);
      const td = trustDomain.replace(/^spiffe:\/\//u, '');
      if (at) {
        const kept = await keptCopy(context, connection, td, timestampDate(at), 'at');
        return create(GetBundleResponseSchema, { bundle: toBundle(connection, kept) });
      }
      const row = await readCopy(context, connection, td);
      const keys = keysOf(row);
      const others = context.connections.spire.filter(({ link }) => link.name !== connection && link.up);
      const copies = await Promise.all(
        others.map(async (other) => {
          try {
            const its = (await readRows(other)).find((one) => one.trustDomain === td);
            return its
              ? [{ connection: other.link.name, own: its.own, ...comparison(keys, keysOf(its)) }]
              : [];
          } catch {
            // The list of servers says what is wrong with it.
            return [];
          }
        }),
      );
      const { address } = source.config;
      return create(GetBundleResponseSchema, {
        bundle: await withMore(context, connection, row),
        copies: copies.flat(),
        command: row.own ? showBundleCommand(address) : listBundleCommand(address, td),
      });
    },

    async compareBundles({ left, right }) {
      const [one, other] = await Promise.all([
        copyOf(context, 'left', left),
        copyOf(context, 'right', right),
      ]);
      const pairs = compareKeys(keysOf(one.row), keysOf(other.row));
      return create(CompareBundlesResponseSchema, {
        keys: pairs.flatMap(comparedKey),
        summary: summaryOf(pairs),
        leftAt: timestampFromDate(one.at),
        rightAt: timestampFromDate(other.at),
      });
    },
  };
}

async function bundlesOf(context: ViewContext, source: SpireConnection) {
  const rows = await readRows(source);
  return Promise.all(rows.map((row) => withMore(context, source.link.name, row)));
}

async function withMore(context: ViewContext, connection: string, row: BundleRow) {
  const [{ moments, changedAt }, facets] = await Promise.all([
    historyOf(context, connection, row.trustDomain),
    row.own ? undefined : context.inventory.store.facets([connection]),
  ]);
  const entries = facets?.federated.find(({ value }) => value === row.trustDomain)?.count ?? 0;
  return toBundle(connection, row, { versions: moments, changedAt, entries });
}

async function readRows(source: SpireConnection): Promise<BundleRow[]> {
  // Before anything is under way: the getter throws when there is no client.
  const { client } = source;
  const [own, federated] = await Promise.all([source.readOwnBundle(), client.federatedBundles()]);
  return [own, ...federated];
}

function named(context: ViewContext, connection: string): SpireConnection {
  const all = context.connections.spire;
  const source = all.find(({ link }) => link.name === connection);
  if (!source) throw noSuchConnection(connection, all);
  return source;
}

async function readCopy(context: ViewContext, connection: string, trustDomain: string): Promise<BundleRow> {
  const source = named(context, connection);
  let rows: BundleRow[];
  try {
    rows = await readRows(source);
  } catch (error) {
    throw refuse('Reading bundles', connection, error);
  }
  const row = rows.find((one) => one.trustDomain === trustDomain);
  if (row) return row;
  throw new ConnectError(
    `trust_domain: ${connection} has no bundle of this trust domain; it has ${rows
      .slice(0, 20)
      .map((one) => one.trustDomain)
      .join(', ')}.`,
    trustDomain === '' ? Code.InvalidArgument : Code.NotFound,
  );
}

async function copyOf(
  context: ViewContext,
  side: string,
  copy: BundleCopy | undefined,
): Promise<{ row: BundleRow; at: Date }> {
  if (!copy) throw new ConnectError(`${side}: this field is needed.`, Code.InvalidArgument);
  const td = copy.trustDomain.replace(/^spiffe:\/\//u, '');
  if (!copy.at) {
    const row = await readCopy(context, copy.connection, td);
    return { row, at: row.readAt };
  }
  const at = timestampDate(copy.at);
  return { row: await keptCopy(context, copy.connection, td, at, `${side}.at`), at };
}

async function keptCopy(
  context: ViewContext,
  connection: string,
  trustDomain: string,
  at: Date,
  field: string,
): Promise<BundleRow> {
  const row = await versionAt(context, connection, trustDomain, at);
  if (row) return row;
  throw new ConnectError(
    `${field}: no copy of that moment is kept; \`bundle\` lists the moments there are.`,
    Code.NotFound,
  );
}

function comparison(left: readonly BundleKey[], right: readonly BundleKey[]) {
  const same = sameKeys(left, right);
  if (same) return { same, difference: '' };
  const pairs = compareKeys(left, right);
  const only = (side: 'left' | 'right'): BundleKey[] =>
    pairs.flatMap((pair) => (pair.left && pair.right ? [] : (pair[side] ?? [])));
  const [mine, theirs] = [only('left'), only('right')];
  const parts = [
    ...(mine.length > 0 ? [`it lacks ${countedKeys(mine)}`] : []),
    ...(theirs.length > 0 ? [`it has ${countedKeys(theirs)} more`] : []),
    ...(mine.length + theirs.length === 0 ? ['another key under the same key id'] : []),
  ];
  return { same, difference: `${parts.join('; ')}.` };
}

function comparedKey(pair: KeyPair) {
  const key = pair.left ?? pair.right;
  if (!key) return [];
  const side = !pair.right
    ? KeySide.LEFT_ONLY
    : !pair.left
      ? KeySide.RIGHT_ONLY
      : pair.difference === ''
        ? KeySide.BOTH
        : KeySide.DIFFERS;
  const { kind, id, text } = key;
  return [{ kind, id, text, side, difference: pair.difference, expiresAt: moment(key.notAfter) }];
}

function summaryOf(pairs: readonly KeyPair[]): string {
  const left = pairs.filter(({ right }) => !right).flatMap((pair) => pair.left ?? []);
  const right = pairs.filter((pair) => !pair.left).flatMap((pair) => pair.right ?? []);
  const differs = pairs.filter(({ difference }) => difference !== '').length;
  if (left.length + right.length + differs === 0)
    return pairs.length === 0
      ? 'Both are empty.'
      : `Both have the same ${countedKeys(pairs.flatMap((pair) => pair.left ?? []))}.`;
  const parts = [
    ...(left.length > 0 ? [`${countedKeys(left)} on the left only`] : []),
    ...(right.length > 0 ? [`${countedKeys(right)} on the right only`] : []),
    ...(differs > 0 ? [`${differs} in both, but not alike`] : []),
  ];
  return `${parts.join('; ')}.`;
}
