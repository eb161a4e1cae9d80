import type { EntryRow } from '../upstream/spire/rows.ts';
import type { SvidFacts } from './facts.ts';
import { isoMs, span } from './finding.ts';

/** Whether an entry, as it is now, could have issued an SVID of these facts. */
export interface Fit {
  could: boolean;
  /** What does not fit, in sentences; empty where all that is known does. */
  reasons: string[];
}

/** SPIRE begins an X.509-SVID 10 s in the past; clocks of servers differ by as much. */
const slack = 60;
/** An entry that has expired issues until SPIRE prunes it, every 5 min. */
const pruned = 600;

export function fitOf(row: EntryRow, facts: SvidFacts): Fit {
  const reasons = [
    ...createdLater(row, facts),
    ...expiredBefore(row, facts),
    ...livesLonger(row, facts),
    ...otherNames(row, facts),
  ];
  return { could: reasons.length === 0, reasons };
}

function createdLater({ createdAt }: EntryRow, { notBefore }: SvidFacts): string[] {
  if (createdAt <= 0n || notBefore === undefined || Number(createdAt) <= notBefore / 1000 + slack) return [];
  return [
    `It was created at ${isoMs(Number(createdAt) * 1000)}, after the SVID was issued at ${isoMs(notBefore)}.`,
  ];
}

function expiredBefore({ expiresAt }: EntryRow, { notBefore }: SvidFacts): string[] {
  if (expiresAt <= 0n || notBefore === undefined || Number(expiresAt) + pruned >= notBefore / 1000) return [];
  return [`It had expired at ${isoMs(Number(expiresAt) * 1000)}, before the SVID was issued.`];
}

/** Seconds that an SVID lives, where both ends are told. */
export function lifetimeOf({ notBefore, expiresAt }: SvidFacts): number | undefined {
  return notBefore === undefined || expiresAt === undefined ? undefined : (expiresAt - notBefore) / 1000;
}

/** TTL that the entry sets for the kind, seconds; 0: the server's default, which its API does not tell. */
export function ttlOf(row: EntryRow, { kind }: SvidFacts): number {
  return kind === 'x509' ? row.x509SvidTtl : kind === 'jwt' ? row.jwtSvidTtl : 0;
}

function livesLonger(row: EntryRow, facts: SvidFacts): string[] {
  const [ttl, lives] = [ttlOf(row, facts), lifetimeOf(facts)];
  if (ttl === 0 || lives === undefined || lives <= ttl + slack) return [];
  return [
    `The SVID lives for ${span(lives)}, and the entry sets ${span(ttl)}: the entry was changed since, or the SVID was minted or issued by other means.`,
  ];
}

function otherNames({ dnsNames }: EntryRow, facts: SvidFacts): string[] {
  if (facts.kind !== 'x509') return [];
  const lower = (names: readonly string[]): Set<string> => new Set(names.map((name) => name.toLowerCase()));
  const [has, sets] = [lower(facts.dnsNames), lower(dnsNames)];
  const more = [...has].filter((name) => !sets.has(name));
  // Without the fingerprint the names may just not have been told.
  const told = has.size > 0 || facts.fingerprint !== '';
  const less = told ? [...sets].filter((name) => !has.has(name)) : [];
  const list = (names: readonly string[]): string =>
    names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return [
    ...(more.length > 0 ? [`The SVID carries ${list(more)}, which the entry does not set.`] : []),
    ...(less.length > 0 ? [`The entry sets ${list(less)}, which the SVID does not carry.`] : []),
  ];
}
