import type { FieldChange } from '@muster/api';
import { attributeFields } from '../upstream/spire/rows.ts';
import type { EntryFields } from '../upstream/spire/rows.ts';
import { showTime } from './entry-input.ts';
import { fieldChange } from './results.ts';

type Show = (fields: EntryFields) => string;

const flag = (value: boolean): string => (value ? 'yes' : '');
const seconds = (value: number): string => (value === 0 ? '' : `${value} s`);

/** How each field is shown; in the order people read them. Lists are sets: their order means nothing. */
const shown: readonly [keyof EntryFields, string, Show][] = [
  ['spiffeId', 'SPIFFE ID', (one) => one.spiffeId],
  ['parentId', 'Parent ID', (one) => one.parentId],
  [
    'selectors',
    'Selectors',
    (one) =>
      one.selectors
        .map(({ type, value }) => `${type}:${value}`)
        .toSorted()
        .join(', '),
  ],
  ['x509SvidTtl', 'X.509-SVID TTL', (one) => seconds(one.x509SvidTtl)],
  ['jwtSvidTtl', 'JWT-SVID TTL', (one) => seconds(one.jwtSvidTtl)],
  ['federatesWith', 'Federates with', (one) => one.federatesWith.toSorted().join(', ')],
  // The first DNS name becomes the common name: here the order does mean something.
  ['dnsNames', 'DNS names', (one) => one.dnsNames.join(', ')],
  ['hint', 'Hint', (one) => one.hint],
  ['admin', 'Admin', (one) => flag(one.admin)],
  ['downstream', 'Downstream', (one) => flag(one.downstream)],
  ['storeSvid', 'Store SVID', (one) => flag(one.storeSvid)],
  ['disableX509SvidPrefetch', 'No X.509-SVID prefetch', (one) => flag(one.disableX509SvidPrefetch)],
  ['jwtSvidIncludeJti', 'JWT-SVIDs with jti', (one) => flag(one.jwtSvidIncludeJti)],
  ['expiresAt', 'Expires', (one) => showTime(one.expiresAt)],
];

/** Fields that differ, before → after. `keys` are those to send. */
export function diff(
  before: EntryFields,
  after: EntryFields,
): { keys: (keyof EntryFields)[]; changes: FieldChange[] } {
  const differing = shown.filter(([, , show]) => show(before) !== show(after));
  const keys = new Set(differing.map(([key]) => key));
  if (attributeFields.some((key) => keys.has(key))) for (const key of attributeFields) keys.add(key);
  return {
    keys: [...keys],
    changes: differing.map(([, name, show]) => fieldChange(name, show(before), show(after))),
  };
}

/** These fields alone. */
export function pick(fields: EntryFields, keys: readonly (keyof EntryFields)[]): Partial<EntryFields> {
  const out: Partial<EntryFields> = {};
  for (const key of keys) Object.assign(out, { [key]: fields[key] });
  return out;
}

/** Every field that is set. */
export function allFields(fields: EntryFields, side: 'before' | 'after'): FieldChange[] {
  return shown
    .map(([, name, show]) =>
      fieldChange(name, side === 'before' ? show(fields) : '', side === 'after' ? show(fields) : ''),
    )
    .filter(({ before, after }) => before !== '' || after !== '');
}
