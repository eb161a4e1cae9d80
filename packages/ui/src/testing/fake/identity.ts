import { type Agent, AgentSchema, type Entry, EntrySchema, EntryState } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DOMAINS = ['org-a.test', 'org-b.test'] as const;
const TEAMS = ['payments', 'search', 'ledger', 'ingest', 'edge', 'models'];
const APPS = ['web', 'api', 'worker', 'cache', 'gateway', 'scheduler', 'indexer', 'signer'];

const at = (ms: number) => timestampFromMs(Date.now() + ms);
const hex = (n: number) => ((0x9e3779b1 * (n + 1)) >>> 0).toString(16).padStart(8, '0');
export const serverOf = (trustDomain: string) => `spire-${trustDomain.split('.')[0]}`;

export function makeAgents(count = 24): Agent[] {
  return Array.from({ length: count }, (_, i) => {
    const td = DOMAINS[i % 2] ?? DOMAINS[0];
    const expired = i === 5;
    return create(AgentSchema, {
      connection: serverOf(td),
      id:
        i % 3 === 2
          ? `spiffe://${td}/spire/agent/join_token/${hex(i)}-${hex(i + 40).slice(0, 4)}-4c1b-9a55-${hex(i + 9)}0c3e`
          : `spiffe://${td}/spire/agent/k8s_psat/cluster-${(i % 3) + 1}/${hex(i)}-node-${i}`,
      attestationType: i % 3 === 2 ? 'join_token' : 'k8s_psat',
      serialNumber: `${hex(i)}${hex(i + 1)}${hex(i + 2)}`,
      expiresAt: at(expired ? -40 * MINUTE : 20 * MINUTE + i * 2 * MINUTE),
      selectors: [
        { type: 'k8s_psat', value: `cluster:cluster-${(i % 3) + 1}` },
        { type: 'k8s_psat', value: `agent_node_name:node-${i}` },
      ],
      banned: i === 11,
      canReattest: i % 3 !== 2,
      version: i % 4 === 0 ? '1.14.0' : '1.15.2',
      entries: 0n,
    });
  });
}

const STATES: Partial<Record<number, [EntryState, string]>> = {
  7: [EntryState.NO_AGENT, 'No agent has this ID or attested with the selectors of this node alias.'],
  11: [EntryState.AGENT_EXPIRED, 'The SVID of its agent expired 40 min ago.'],
  13: [EntryState.AGENT_BANNED, 'Its agent was banned.'],
  17: [EntryState.EXPIRED, 'It expired 3 h ago and was not pruned yet: SPIRE still issues for it.'],
  19: [EntryState.UNKNOWN, 'The agents of this server have not been read yet.'],
};

export function makeEntries(agents: readonly Agent[], count = 220): Entry[] {
  return Array.from({ length: count }, (_, i) => {
    const td = DOMAINS[i % 5 === 0 ? 1 : 0] ?? DOMAINS[0];
    const alias = i % 37 === 3;
    const mine = agents.filter((agent) => agent.id.includes(td));
    const parent = alias ? `spiffe://${td}/spire/server` : (mine[i % mine.length]?.id ?? '');
    const team = TEAMS[i % TEAMS.length] ?? '';
    const app = APPS[(i * 5) % APPS.length] ?? '';
    const [state, stateReason] = alias
      ? [EntryState.NODE_ALIAS, 'Its parent is the server: it names the nodes with these selectors.']
      : (STATES[i % 23] ?? [EntryState.SERVED, 'Its agent’s SVID is valid for 24 min more.']);
    return create(EntrySchema, {
      connection: serverOf(td),
      id: `${hex(i)}-${hex(i * 7).slice(0, 4)}-4a1c-8f0e-${hex(i * 3)}${hex(i).slice(0, 4)}`,
      spiffeId: alias
        ? `spiffe://${td}/nodes/${team}-${i}`
        : i === 24
          ? `spiffe://${td}/ns/${team}/deployments/2026/canary/eu-central-1/zone-c/sa/${app}-with-a-rather-long-service-account-name-${i}`
          : `spiffe://${td}/ns/${team}/sa/${app}-${i}`,
      parentId: parent,
      selectors: alias
        ? [{ type: 'k8s_psat', value: `cluster:cluster-${(i % 3) + 1}` }]
        : i % 4 === 0
          ? [{ type: 'unix', value: `uid:${1000 + i}` }]
          : [
              { type: 'k8s', value: `ns:${team}` },
              { type: 'k8s', value: `sa:${app}-${i}` },
            ],
      x509SvidTtl: i % 3 === 0 ? 3600 : 0,
      federatesWith: i % 6 === 1 ? [td === 'org-a.test' ? 'org-b.test' : 'org-a.test'] : [],
      admin: i === 9,
      ...(i % 23 === 17
        ? { expiresAt: at(-3 * HOUR) }
        : i % 29 === 4
          ? { expiresAt: at(5 * HOUR + i * MINUTE) }
          : {}),
      dnsNames: i % 7 === 2 ? [`${app}-${i}.${team}.svc`] : [],
      revisionNumber: BigInt(i % 4),
      hint: i % 19 === 0 ? 'internal' : '',
      createdAt: at(-i * 7 * HOUR - 2 * DAY),
      state,
      stateReason,
    });
  });
}
