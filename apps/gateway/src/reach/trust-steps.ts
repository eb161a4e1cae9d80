import { parseSpiffeId } from '@muster/domain';
import { diagnose } from '../doctor/diagnose.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Connections } from '../upstream/connections.ts';
import { pairsOf, readServers } from '../views/federation-facts.ts';
import type { ServerFacts, Unread } from '../views/federation-facts.ts';
import type { Identities, Known } from './identity-steps.ts';
import { query } from './step.ts';
import type { Remedy, Step } from './step.ts';

interface From {
  connections: Connections;
  inventory: Inventory;
  now: () => Date;
}

/** Someone whose trust domain is known. */
interface Side {
  name: string;
  identity: Known;
  trustDomain: string;
}

/** Pairs of trust domains that are looked at: each costs reading its servers. */
const mostPairs = 12;

/** Whether the trust domains of both sides accept each other's SVIDs; within one there is nothing to be agreed. */
export async function trustSteps(
  from: From,
  sender: string,
  others: readonly string[],
  identities: Identities,
  spiffe?: boolean,
): Promise<Step[]> {
  const title = 'Trust between the two sides';
  if (spiffe === false)
    return [
      {
        kind: 'trust',
        title,
        state: 'not-asked',
        detail: 'Members of the channel authenticate by a shared secret: bundles take no part.',
      },
    ];
  const one = knownOf(sender, identities);
  const known = others.flatMap((name) => knownOf(name, identities) ?? []);
  if (!one || known.length === 0)
    return [
      {
        kind: 'trust',
        title,
        state: 'unknown',
        detail: 'Of which trust domains they are is not known: no identity is known of one side.',
      },
    ];
  const strangers = new Map(
    known
      .filter(({ trustDomain }) => trustDomain !== one.trustDomain)
      .map((other) => [other.trustDomain, other]),
  );
  const same = known.length - known.filter(({ trustDomain }) => trustDomain !== one.trustDomain).length;
  const steps: Step[] =
    same === 0
      ? []
      : [
          {
            kind: 'trust',
            title: `Trust within ${one.trustDomain}`,
            state: 'good',
            detail: 'Both sides are of one trust domain: each has its bundle.',
            link: query('/trust-domains', { name: one.trustDomain }),
          },
        ];
  if (strangers.size === 0) return steps;
  const { servers, unread } = await readServers(from);
  for (const other of [...strangers.values()].slice(0, mostPairs)) {
    steps.push(await accepts(from, servers, unread, other, one));
    steps.push(await accepts(from, servers, unread, one, other));
  }
  return steps;
}

function knownOf(name: string, identities: Identities): Side | undefined {
  const identity = identities.get(name);
  const id = parseSpiffeId(identity?.spiffeId ?? '');
  return identity && id.ok ? { name, identity, trustDomain: id.value.trustDomain } : undefined;
}

/** Whether one side can check the SVIDs of another trust domain: its server has the bundle, and hands it to its entry. */
async function accepts(
  { inventory, now }: From,
  servers: readonly ServerFacts[],
  unread: readonly Unread[],
  verifier: Side,
  peer: Side,
): Promise<Step> {
  const base = {
    kind: 'trust' as const,
    title: `${verifier.name} accepts SVIDs of ${peer.trustDomain}`,
    asOf: now(),
  };
  const server =
    servers.find(({ name }) => name === verifier.identity.connection) ??
    servers.find(({ trustDomain }) => trustDomain === verifier.trustDomain);
  if (!server) {
    const lost = unread.find(({ trustDomain }) => trustDomain === verifier.trustDomain);
    return {
      ...base,
      state: 'unknown',
      detail: lost
        ? `${lost.connection} cannot be read now. ${lost.reason}`
        : `No server of ${verifier.trustDomain} is connected here.`,
      link: '/connections',
    };
  }
  const link = query('/federation', { q: peer.trustDomain });
  const [facts] = pairsOf(
    servers,
    unread,
    now(),
    (one, name) => one.name === server.name && name === peer.trustDomain,
  );
  if (!facts) return { ...base, ...noBundle(server, peer.trustDomain, servers), link };
  const worst = diagnose(facts).find(({ grade }) => grade === 'danger');
  if (worst)
    return {
      ...base,
      state: 'wrong',
      detail: `${worst.title}. ${worst.detail}`,
      link,
      remedies: worst.cures.map(({ title, action, input, link: path }): Remedy => ({
        title,
        ...(action === '' ? {} : { action }),
        ...(input ? { input } : {}),
        ...(path === '' ? {} : { link: path }),
      })),
    };
  if (!facts.copy) return { ...base, ...noBundle(server, peer.trustDomain, servers), link };
  const { connection, entryId } = verifier.identity;
  const [entry] =
    entryId === ''
      ? []
      : await inventory.store.entryById([connection], entryId, Math.floor(now().getTime() / 1000));
  if (entry && !entry.row.federatesWith.includes(peer.trustDomain))
    return {
      ...base,
      state: 'wrong',
      detail: `${server.name} has the bundle, and the entry of ${verifier.identity.spiffeId} does not federate with ${peer.trustDomain}: its workload is not given it.`,
      link: query('/entries', { id: `${connection}/${entryId}` }),
      remedies: [
        {
          title: `Let the entry federate with ${peer.trustDomain}`,
          action: 'entry.update',
          input: {
            connection,
            id: entryId,
            set: { federates_with: [...entry.row.federatesWith, peer.trustDomain] },
          },
        },
      ],
    };
  return {
    ...base,
    state: 'good',
    detail: `${server.name} has its bundle${entry ? ', and the entry federates with it' : ''}.`,
    link,
  };
}

function noBundle(
  server: ServerFacts,
  peer: string,
  servers: readonly ServerFacts[],
): Pick<Step, 'state' | 'detail' | 'remedies'> {
  const there = servers.find(({ trustDomain }) => trustDomain === peer);
  return {
    state: 'wrong',
    detail: `${server.name} has no bundle of ${peer}: its workloads cannot check an SVID of it.`,
    remedies: [
      {
        title: `Federate ${server.trustDomain} with ${peer}…`,
        link: query('/federation', { task: 'new', connection: server.name, peer }),
      },
      ...(there
        ? [
            {
              title: `Copy the bundle from ${there.name}`,
              action: 'bundle.set',
              input: { connection: server.name, trust_domain: peer, from: there.name },
            },
          ]
        : []),
    ],
  };
}
