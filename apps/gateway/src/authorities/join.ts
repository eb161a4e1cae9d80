import type { LocalKind, SlotRow, SlotsRow } from '../upstream/spire/authority-calls.ts';
import type { BundleKey } from './bundle-keys.ts';

export type Slot = 'prepared' | 'active' | 'old' | 'bundle' | 'upstream';

/** A local authority joined with the server's own bundle: only together do they tell taint and revocation. */
export interface AuthorityFact {
  slot: Slot;
  id: string;
  /** Unix seconds; 0: not told. */
  expiresAt: bigint;
  notBefore: bigint;
  inBundle: boolean;
  tainted: boolean;
  upstream: string;
  fingerprint: string;
  subject: string;
  note: string;
}

export const kindNames: Record<LocalKind, string> = { x509: 'X.509', jwt: 'JWT' };
export const svidNames: Record<LocalKind, string> = { x509: 'X.509-SVID', jwt: 'JWT-SVID' };

/** Key identifiers come as hex in either case. */
export const sameKey = (a: string, b: string): boolean =>
  a !== '' && (a === b || (/^[0-9a-f]+$/iu.test(a) && a.toLowerCase() === b.toLowerCase()));

/**
 * Joins the slots with the keys of the bundle: prepared, active and old, then the upstream authorities that signed
 * them, then what is in the bundle and in no slot. `now` is Unix seconds.
 */
export function joinAuthorities(
  kind: LocalKind,
  slots: SlotsRow,
  keys: readonly BundleKey[],
  now: bigint,
): AuthorityFact[] {
  const named = (['prepared', 'active', 'old'] as const).flatMap((slot) => {
    const row = slots[slot];
    return row ? [inSlot(kind, slot, row, keys, now)] : [];
  });
  const upstreamIds = new Set(named.map(({ upstream }) => upstream).filter((id) => id !== ''));
  const rest = keys.filter(({ id }) => !named.some((one) => one.upstream === '' && sameKey(one.id, id)));
  const upstream = rest.filter(({ id }) => [...upstreamIds].some((one) => sameKey(one, id)));
  const alone = rest.filter((key) => !upstream.includes(key));
  const hasUpstream = upstreamIds.size > 0;
  const active = named.find(({ slot }) => slot === 'active');
  return [
    ...named,
    ...upstream.map((key) => fact('upstream', key, upstreamNote(key, named))),
    ...alone.map((key) => fact('bundle', key, aloneNote(key, active, hasUpstream, now))),
  ];
}

function fact(slot: Slot, key: BundleKey, note: string): AuthorityFact {
  return { ...key, slot, inBundle: true, upstream: '', note };
}

function inSlot(
  kind: LocalKind,
  slot: 'prepared' | 'active' | 'old',
  row: SlotRow,
  keys: readonly BundleKey[],
  now: bigint,
): AuthorityFact {
  // With an upstream authority the bundle holds that one: the local certificate is an intermediate.
  const trusted = row.upstream === '' ? row.id : row.upstream;
  const key = keys.find(({ id }) => sameKey(id, trusted));
  const own = row.upstream === '' ? key : undefined;
  const out = {
    slot,
    id: row.id,
    expiresAt: row.expiresAt === 0n ? (own?.expiresAt ?? 0n) : row.expiresAt,
    notBefore: own?.notBefore ?? 0n,
    inBundle: key !== undefined,
    tainted: key?.tainted ?? false,
    upstream: row.upstream,
    fingerprint: own?.fingerprint ?? '',
    subject: own?.subject ?? '',
  };
  return { ...out, note: slotNote(kind, out, now) };
}

function slotNote(kind: LocalKind, one: Omit<AuthorityFact, 'note'>, now: bigint): string {
  const svid = svidNames[kind];
  const expired = one.expiresAt !== 0n && one.expiresAt <= now;
  switch (one.slot) {
    case 'active':
      if (!one.inBundle)
        return `It signs every new ${svid}, and the bundle does not hold it: what it signs is trusted by nobody.`;
      return expired
        ? `It signs every new ${svid} and has expired: what it signs is trusted by nobody.`
        : `It signs every new ${svid}.`;
    case 'prepared':
      return one.inBundle
        ? 'It is published, so that it is trusted before it signs; it signs nothing yet.'
        : 'It signs nothing yet, and the bundle does not hold it.';
    default:
      if (!one.inBundle)
        return expired
          ? 'It has expired and left the bundle.'
          : 'Revoked: it has left the bundle. The server goes on naming it until the next is prepared.';
      if (expired) return 'It has expired: nothing that it signed is valid any more.';
      return one.tainted
        ? 'Tainted: agents have had what it signed issued anew. It is trusted until it is revoked.'
        : 'It signs nothing more; what it signed is trusted for as long as it is in the bundle.';
  }
}

function upstreamNote(key: BundleKey, named: readonly AuthorityFact[]): string {
  const signed = named.filter(({ upstream }) => sameKey(upstream, key.id)).map(({ slot }) => slot);
  return `The upstream authority that signed the ${signed.join(' and the ')} local one${key.tainted ? '; tainted' : ''}.`;
}

function aloneNote(
  key: BundleKey,
  active: AuthorityFact | undefined,
  hasUpstream: boolean,
  now: bigint,
): string {
  if (key.expiresAt !== 0n && key.expiresAt <= now)
    return 'It has expired. SPIRE takes it out of the bundle by itself, about a day after.';
  const reach = 'No call of this server reaches it; it leaves the bundle about a day after it expires.';
  if (hasUpstream)
    return `Another upstream authority, or one that signed for this server before. ${key.tainted ? 'Tainted. ' : ''}${reach}`;
  const others = 'of another server of the same trust domain, or added by hand';
  if (key.tainted)
    return `Tainted and in no slot here: its slot was taken before it was revoked, or it is ${others}. ${reach}`;
  // Only certificates say since when they are valid.
  if (key.notBefore !== 0n && active && active.notBefore !== 0n) {
    return key.notBefore > active.notBefore
      ? `Newer than the active one and in no slot: left over from preparing twice, or ${others}. ${reach}`
      : `Rotated out here earlier, or ${others}. ${reach}`;
  }
  return `Rotated out here earlier, left over from preparing twice, or ${others}. ${reach}`;
}
