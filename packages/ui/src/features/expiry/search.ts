import { ExpiryKind } from '@muster/api';

/** What the URL holds. Seconds as text; `from` and `to` choose one stretch of the axis. */
export interface ExpirySearch {
  kind?: string | undefined;
  /** How far the axis and the list go. */
  within?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** `only` or `no`; else both. */
  expired?: string | undefined;
  at?: string | undefined;
  td?: string | undefined;
}

export const KINDS: readonly { kind: ExpiryKind; key: string; one: string; many: string }[] = [
  { kind: ExpiryKind.ENTRY, key: 'entry', one: 'entry', many: 'entries' },
  { kind: ExpiryKind.AGENT, key: 'agent', one: 'agent', many: 'agents' },
  { kind: ExpiryKind.SVID, key: 'svid', one: 'SVID seen', many: 'SVIDs seen' },
  { kind: ExpiryKind.X509_AUTHORITY, key: 'x509', one: 'X.509 authority', many: 'X.509 authorities' },
  { kind: ExpiryKind.JWT_AUTHORITY, key: 'jwt', one: 'JWT authority', many: 'JWT authorities' },
  {
    kind: ExpiryKind.FEDERATED_BUNDLE,
    key: 'bundle',
    one: 'federated bundle',
    many: 'federated bundles',
  },
  { kind: ExpiryKind.JOIN_TOKEN, key: 'token', one: 'join token', many: 'join tokens' },
];

export const kindOf = (kind: ExpiryKind) => KINDS.find((one) => one.kind === kind);

export const WITHIN: readonly { value: string; label: string }[] = [
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
  { value: '604800', label: '7 days' },
  { value: '2592000', label: '30 days' },
  { value: '31536000', label: '1 year' },
];

const seconds = (text: string | undefined): bigint =>
  text !== undefined && /^\d{1,12}$/u.test(text) ? BigInt(text) : 0n;

/** A request without its page. What the address says and nobody means is left out. */
export function toRequest(search: ExpirySearch) {
  const kind = KINDS.find((one) => one.key === search.kind)?.kind;
  const span = seconds(search.within);
  const after = seconds(search.from);
  const to = seconds(search.to);
  const within = span > 0n && (to === 0n || to > span) ? span : to;
  return {
    trustDomains: search.td ? [search.td] : [],
    kinds: kind === undefined ? [] : [kind],
    span,
    after,
    within,
    // From the very first stretch on, what has expired is another one.
    expired: search.expired !== 'no' && search.from === undefined,
    onlyExpired: search.expired === 'only',
  };
}

export type ExpiryRequest = ReturnType<typeof toRequest>;
