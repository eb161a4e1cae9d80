import { quote } from '@muster/domain';

/** How a value is written. */
export type Kind = 'text' | 'list' | 'seconds' | 'flag' | 'time';

/** Fields of an entry that a file may give, in the order of the template. */
export const columns = new Map<string, Kind>([
  ['id', 'text'],
  ['spiffe_id', 'text'],
  ['parent_id', 'text'],
  ['selectors', 'list'],
  ['x509_svid_ttl', 'seconds'],
  ['jwt_svid_ttl', 'seconds'],
  ['federates_with', 'list'],
  ['dns_names', 'list'],
  ['hint', 'text'],
  ['admin', 'flag'],
  ['downstream', 'flag'],
  ['store_svid', 'flag'],
  ['disable_x509_svid_prefetch', 'flag'],
  ['jwt_svid_include_jti', 'flag'],
  ['expires_at', 'time'],
]);

/** What a new entry cannot do without. */
export const needed = ['spiffe_id', 'parent_id', 'selectors'] as const;

/** The same under the names that other tools and our own lists give. */
const aliases = new Map([
  ['entry_id', 'id'],
  ['selector', 'selectors'],
  ['x509svid_ttl', 'x509_svid_ttl'],
  ['ttl', 'x509_svid_ttl'],
  ['dns', 'dns_names'],
  ['entry_expiry', 'expires_at'],
  ['expires', 'expires_at'],
]);

/** What only the server or this console can say: passed over, so that an exported list can be read again. */
const readOnly = new Set([
  'connection',
  'trust_domain',
  'revision_number',
  'revision',
  'created_at',
  'created',
  'state',
  'state_reason',
]);

/** Fields of SPIRE that Muster does not set; a file that sets one must not lose it silently. */
export const notSet = new Set(['ephemeral']);

/** The message in which SPIRE’s own JSON has some of the fields. */
export const nested = 'additional_attributes';

/** `spiffeId`, `SPIFFE ID` and `spiffe_id` are one name. */
export function canonical(name: string): string {
  const words = name
    .trim()
    .replace(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .toLowerCase()
    .replace(/[\s.-]+/gu, '_')
    .replace(/^x_?509_?svid/u, 'x509_svid');
  return aliases.get(words) ?? words;
}

export type Meaning = 'field' | 'passed-over' | 'not-set' | 'unknown';

export function meaningOf(name: string): Meaning {
  if (columns.has(name)) return 'field';
  if (readOnly.has(name)) return 'passed-over';
  return notSet.has(name) ? 'not-set' : 'unknown';
}

/** Names out of a file, fit for a sentence: short, nothing invisible (S-22). */
export function named(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => quote(name.slice(0, 64)));
  return names.length > shown.length
    ? `${shown.join(', ')} and ${names.length - shown.length} more`
    : shown.join(', ');
}
