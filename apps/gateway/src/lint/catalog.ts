import { Severity } from '@muster/api';

interface Kind {
  severity: Severity;
  title: string;
  /** Why it matters. */
  why: string;
  remedy: string;
}

const kinds = {
  'unknown-selector': {
    severity: Severity.DANGER,
    title: 'Selectors that no attestor makes',
    why: 'An entry matches only when the workload has every selector, so one with a mistyped key is never issued.',
    remedy: 'Correct the key, or take the selector away.',
  },
  orphan: {
    severity: Severity.DANGER,
    title: 'Entries whose parent leads to no agent',
    why: 'SPIRE accepts any parent. An entry is given only to agents that its parent reaches, so these are issued to nobody.',
    remedy: 'Give it the parent of the host it is for, or delete it.',
  },
  similar: {
    severity: Severity.WARNING,
    title: 'The same entry twice',
    why: 'SPIRE refuses to create such a twin, but an update can make one. Deleting or changing one leaves the other in force.',
    remedy: 'Delete one of them.',
  },
  'agent-banned': {
    severity: Severity.WARNING,
    title: 'Entries under a banned agent',
    why: 'A banned agent serves nobody.',
    remedy: 'Move the entry to another agent, or evict the agent so that it may attest again.',
  },
  'agent-expired': {
    severity: Severity.WARNING,
    title: 'Entries under an agent that has gone',
    why: 'Its SVID has expired, so it has stopped or lost its server, and serves nobody.',
    remedy: 'Start the agent again, or move the entry to another.',
  },
  admin: {
    severity: Severity.WARNING,
    title: 'Entries with admin rights',
    why: 'Whoever holds such an SVID may change everything on its server, from anywhere that reaches its port.',
    remedy: 'See that each is meant, and that its selectors fit only one program.',
  },
  downstream: {
    severity: Severity.WARNING,
    title: 'Entries of downstream servers',
    why: 'Its holder gets an intermediate CA and can issue any identity of the trust domain.',
    remedy: 'See that each is a SPIRE server of yours.',
  },
  'broad-selectors': {
    severity: Severity.WARNING,
    title: 'Selectors that fit too much',
    why: 'Any process that shares them gets the identity, intended or not.',
    remedy: 'Add a selector that tells the workload from the rest: a service account, a label, a path.',
  },
  'node-selector': {
    severity: Severity.WARNING,
    title: 'Node selectors on workload entries',
    why: 'Selectors of nodes are given to agents. A workload never has them, so the entry is never issued.',
    remedy: 'Use them in an alias of nodes (parent: the server), and make that alias the parent.',
  },
  'missing-bundle': {
    severity: Severity.WARNING,
    title: 'Federation without a bundle',
    why: 'Workloads are handed no bundle of that trust domain and cannot verify its SVIDs.',
    remedy: 'Set the bundle or the federation relationship, or take the trust domain from the entry.',
  },
  'hint-twice': {
    severity: Severity.WARNING,
    title: 'One hint for several identities of a workload',
    why: 'The Workload API gives out only the older entry of a hint: the other identity vanishes.',
    remedy: 'Give each its own hint.',
  },
  'ttl-beyond-authority': {
    severity: Severity.INFO,
    title: 'TTL longer than the authority',
    why: 'SPIRE silently caps an SVID at its authority’s expiry, so the TTL is not what is issued.',
    remedy: 'Shorten the TTL, or give the server a longer ca_ttl.',
  },
  expired: {
    severity: Severity.INFO,
    title: 'Expired entries, not pruned yet',
    why: 'Until the server prunes them, every five minutes, they are still issued.',
    remedy: 'Delete it when that is too long; otherwise nothing.',
  },
  duplicate: {
    severity: Severity.INFO,
    title: 'Several identities for the same workloads',
    why: 'Entries with the same parent and selectors all go to the same workloads. Programs that take the first depend on chance.',
    remedy: 'When it is meant, give each a hint. Otherwise add a selector to one of them.',
  },
  'odd-id': {
    severity: Severity.INFO,
    title: 'SPIFFE IDs outside the trust domain’s convention',
    why: 'Rules that name IDs by pattern miss them, and a mistyped ID is easily one of these.',
    remedy: 'Look whether it is meant. Nothing in SPIRE depends on the form.',
  },
  'stale-agent': {
    severity: Severity.INFO,
    title: 'Agents long gone',
    why: 'A stopped agent’s record stays for ever. It keeps entries looking as if they had a parent.',
    remedy: 'Purge agents that do not come back.',
  },
  'banned-agent': {
    severity: Severity.INFO,
    title: 'Banned agents',
    why: 'A ban stays until the agent is evicted; its entries are issued to nobody meanwhile.',
    remedy: 'Evict it when the host may attest again.',
  },
} as const satisfies Record<string, Kind>;

export type FindingCode = keyof typeof kinds;

/** Every kind of finding, as pages show them: in the order of what to look at first. */
export const catalog: ReadonlyMap<FindingCode, Kind> = new Map(
  Object.entries(kinds) as [FindingCode, Kind][],
);

export function severityOf(code: FindingCode): Severity {
  return kinds[code].severity;
}
