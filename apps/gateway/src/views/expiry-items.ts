import { ExpiryKind } from '@muster/api';
import { bundleKeys } from '../authorities/bundle-keys.ts';
import { joinAuthorities, kindNames, svidNames } from '../authorities/join.ts';
import { localKinds } from '../authorities/watch.ts';
import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';
import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { ViewContext } from './context.ts';
import { authorityNote, federatedNote, svidNote, tokenNote } from './expiry-notes.ts';
import type { Note } from './expiry-notes.ts';

/** Something that expires and is in no snapshot: there are few of them. Times are Unix seconds; 0 is not told. */
export interface ExpiryItem extends Note {
  kind: ExpiryKind;
  connection: string;
  trustDomain: string;
  name: string;
  notBefore: bigint;
  expiresAt: bigint;
  link: string;
}

const kinds: Record<LocalKind, ExpiryKind> = {
  x509: ExpiryKind.X509_AUTHORITY,
  jwt: ExpiryKind.JWT_AUTHORITY,
};

const seconds = (at: Date): bigint => BigInt(Math.floor(at.getTime() / 1000));

/** Parameters of an in-app link; what is a name in it may hold anything. */
const link = (path: string, search: Record<string, string>): string =>
  `${path}?${new URLSearchParams(search).toString()}`;

/** Everything of these kinds but entries and agents, and what could not be read. */
export async function expiryItems(
  context: ViewContext,
  connections: readonly SpireConnection[],
  wanted: (kind: ExpiryKind) => boolean,
  now: bigint,
): Promise<{ items: ExpiryItem[]; missing: string[] }> {
  const domains = new Set(connections.map(({ link: { trustDomain } }) => trustDomain));
  const missing: string[] = [];
  const federated = wanted(ExpiryKind.FEDERATED_BUNDLE)
    ? await Promise.all(connections.map((one) => federatedItems(one, now, missing)))
    : [];
  const items = [
    ...(wanted(ExpiryKind.SVID) ? svidItems(context, domains, now) : []),
    ...connections.flatMap((one) => authorityItems(context, one, wanted, now, missing)),
    ...federated.flat(),
    ...(wanted(ExpiryKind.JOIN_TOKEN) ? await tokenItems(context, connections, now) : []),
  ];
  return { items: items.filter(({ expiresAt }) => expiresAt !== 0n), missing: [...new Set(missing)] };
}

function svidItems(context: ViewContext, domains: ReadonlySet<string>, now: bigint): ExpiryItem[] {
  return context.connections.workload.flatMap((source) =>
    source.svids.flatMap((svid) => {
      const trustDomain = /^spiffe:\/\/([^/]+)/u.exec(svid.spiffeId)?.[1] ?? '';
      if (!domains.has(trustDomain)) return [];
      const notBefore = seconds(svid.notBefore);
      const expiresAt = seconds(svid.expiresAt);
      return [
        {
          kind: ExpiryKind.SVID,
          connection: source.link.name,
          trustDomain,
          name: svid.spiffeId,
          notBefore,
          expiresAt,
          link: link('/workload', { socket: source.link.name }),
          ...svidNote(notBefore, expiresAt, now),
        },
      ];
    }),
  );
}

function authorityItems(
  context: ViewContext,
  connection: SpireConnection,
  wanted: (kind: ExpiryKind) => boolean,
  now: bigint,
  missing: string[],
): ExpiryItem[] {
  const { name, trustDomain } = connection.link;
  const bundle = connection.ownBundle;
  return localKinds.flatMap((kind) => {
    if (!wanted(kinds[kind])) return [];
    const problem = context.authorities.problem(name, kind);
    const look = context.authorities.last(name, kind);
    if (problem !== '' || (!bundle && !look))
      missing.push(`${kindNames[kind]} authorities of ${name}: ${problem || 'not read yet.'}`);
    const slots = look?.slots ?? { active: undefined, prepared: undefined, old: undefined };
    return joinAuthorities(kind, slots, bundle ? bundleKeys(bundle, kind) : [], now)
      .filter(({ slot, inBundle }) => inBundle || slot === 'active')
      .map((one) => ({
        kind: kinds[kind],
        connection: name,
        trustDomain,
        name: one.id,
        notBefore: one.notBefore,
        expiresAt: one.expiresAt,
        link: link('/authorities', { at: `${name}/${kind}` }),
        // Without a look at its slots a key of the bundle may be in any of them.
        ...authorityNote(
          look ? one.slot : 'bundle',
          svidNames[kind],
          one.expiresAt,
          one.notBefore,
          slots.prepared !== undefined,
          now,
        ),
      }));
  });
}

async function federatedItems(
  connection: SpireConnection,
  now: bigint,
  missing: string[],
): Promise<ExpiryItem[]> {
  const { name } = connection.link;
  try {
    const bundles = await connection.client.federatedBundles({ timeoutMs: 10_000 });
    return bundles.flatMap((bundle) => {
      const keys = bundleKeys(bundle, 'x509');
      const latest = keys.reduce((most, { expiresAt }) => (expiresAt > most ? expiresAt : most), 0n);
      const key = keys.find(({ expiresAt }) => expiresAt === latest);
      if (latest === 0n || !key) return [];
      return [
        {
          kind: ExpiryKind.FEDERATED_BUNDLE,
          connection: name,
          trustDomain: bundle.trustDomain,
          name: bundle.trustDomain,
          notBefore: key.notBefore,
          expiresAt: latest,
          link: link('/trust-domains', { name: `${name}/${bundle.trustDomain}` }),
          ...federatedNote(bundle.trustDomain, latest, now),
        },
      ];
    });
  } catch (error) {
    missing.push(`Federated bundles of ${name}: ${sentence(classify(error))}`);
    return [];
  }
}

async function tokenItems(
  context: ViewContext,
  connections: readonly SpireConnection[],
  now: bigint,
): Promise<ExpiryItem[]> {
  const domains = new Map(connections.map(({ link: { name, trustDomain } }) => [name, trustDomain]));
  const tokens = await context.inventory.store.joinTokens([...domains.keys()]);
  return tokens
    .filter(({ agent }) => agent === '')
    .map((token) => ({
      kind: ExpiryKind.JOIN_TOKEN,
      connection: token.connection,
      trustDomain: domains.get(token.connection) ?? '',
      name: `join token …${token.ending}`,
      notBefore: BigInt(token.createdAt),
      expiresAt: BigInt(token.expiresAt),
      link: '/agents?tab=tokens',
      ...tokenNote(BigInt(token.expiresAt), now),
    }));
}
