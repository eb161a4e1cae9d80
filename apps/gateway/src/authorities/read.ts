import type { Inventory } from '../inventory/inventory.ts';
import type { Connections } from '../upstream/connections.ts';
import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { BundleRow } from '../upstream/spire/rows.ts';
import { bundleKeys, pemKeyIds, signerOf } from './bundle-keys.ts';
import { joinAuthorities } from './join.ts';
import { oldUse } from './old-use.ts';
import type { TtlFacts } from './old-use.ts';
import type { Copy, LiveSvid, OldUseFacts, Situation } from './situation.ts';
import type { AuthorityWatch, Look } from './watch.ts';

export interface AuthorityReading {
  connections: Connections;
  inventory: Inventory;
  authorities: AuthorityWatch;
  now: () => Date;
}

/** The federated bundles of every other server connected here, read at most once for one answer. */
export class PeerBundles {
  readonly #context: AuthorityReading;
  readonly #lists = new Map<string, Promise<BundleRow[]>>();

  constructor(context: AuthorityReading) {
    this.#context = context;
  }

  /** Copies of the bundle of a trust domain that servers of others have. A server that cannot be asked has none. */
  async copies(own: BundleRow, kind: LocalKind): Promise<Copy[]> {
    const others = this.#context.connections.spire.filter(
      ({ link, ownBundle }) => link.up && ownBundle && ownBundle.trustDomain !== own.trustDomain,
    );
    const found = await Promise.all(
      others.map(async (other) => {
        const bundle = (await this.#of(other)).find(({ trustDomain }) => trustDomain === own.trustDomain);
        return bundle
          ? [{ connection: other.link.name, keys: bundleKeys(bundle, kind).map(({ id }) => id) }]
          : [];
      }),
    );
    return found.flat();
  }

  #of(connection: SpireConnection): Promise<BundleRow[]> {
    const { name } = connection.link;
    let list = this.#lists.get(name);
    if (!list) {
      list = Promise.resolve()
        .then(() => connection.client.federatedBundles({ timeoutMs: 10_000 }))
        .catch(() => []);
      this.#lists.set(name, list);
    }
    return list;
  }
}

/** Reads all that decides the gates of one server's authorities of one kind. Throws `Fault`. */
export async function readSituation(
  context: AuthorityReading,
  connection: SpireConnection,
  kind: LocalKind,
  peers: PeerBundles,
): Promise<Situation> {
  const [look, own] = await Promise.all([
    context.authorities.read(connection, kind),
    connection.readOwnBundle(),
  ]);
  const { name } = connection.link;
  const now = BigInt(Math.floor(context.now().getTime() / 1000));
  const authorities = joinAuthorities(kind, look.slots, bundleKeys(own, kind), now);
  const { workloads, live } =
    kind === 'x509' ? workloadsOf(context, own.trustDomain) : { workloads: [], live: [] };
  const [copies, stats] = await Promise.all([
    peers.copies(own, kind),
    context.inventory.store.stats(Number(now)),
  ]);
  const counted = stats.find((one) => one.connection === name);
  const old = authorities.find(({ slot }) => slot === 'old');
  return {
    connection: name,
    trustDomain: own.trustDomain,
    kind,
    now,
    slots: look.slots,
    authorities,
    peers: copies,
    workloads,
    live,
    oldUse: old?.inBundle === true ? await useOf(context, name, kind, look, old, live, now) : undefined,
    entries: counted?.entries ?? 0,
    agents: counted?.agents ?? 0,
    // SPIRE's default policy gives authorities to the callers that it gives entries to.
    lacks: connection.link.lacks('entries.write'),
  };
}

function workloadsOf(
  context: AuthorityReading,
  trustDomain: string,
): { workloads: Copy[]; live: LiveSvid[] } {
  const workloads: Copy[] = [];
  const live: LiveSvid[] = [];
  for (const source of context.connections.workload) {
    const mine = source.svids.filter(({ spiffeId }) => spiffeId.startsWith(`spiffe://${trustDomain}/`));
    // Of its own trust domain only: a federated copy comes by another way.
    if (mine.length === 0) continue;
    const pem = source.bundles.get(trustDomain);
    if (pem !== undefined) workloads.push({ connection: source.link.name, keys: [...pemKeyIds(pem)] });
    for (const { chainPem, expiresAt } of mine)
      live.push({ signer: signerOf(chainPem), expiresAt: BigInt(Math.floor(expiresAt.getTime() / 1000)) });
  }
  return { workloads, live };
}

async function useOf(
  context: AuthorityReading,
  name: string,
  kind: LocalKind,
  look: Look,
  old: Situation['authorities'][number],
  live: readonly LiveSvid[],
  now: bigint,
): Promise<OldUseFacts> {
  const seconds = (at: Date | undefined): bigint | undefined => at && BigInt(Math.floor(at.getTime() / 1000));
  const activatedBefore = seconds(look.activatedBefore);
  const { store } = context.inventory;
  const [agents, ttl] = await Promise.all([
    kind === 'x509'
      ? store.agentUse(name, Number(now), look.activatedBefore.getTime(), old.expiresAt)
      : { known: 0, moved: 0 },
    store.longestTtl(name, kind).catch((): TtlFacts | undefined => undefined),
  ]);
  return oldUse({
    kind,
    old,
    activatedAfter: seconds(look.activatedAfter),
    activatedBefore,
    agents,
    live,
    ttl,
  });
}
