import type { Expiry } from '@muster/api';
import { timestampDate, type Timestamp } from '@bufbuild/protobuf/wkt';
import { kindOf } from './search.ts';

const HEADER = ['expires_at', 'kind', 'name', 'trust_domain', 'connection', 'valid_from', 'note'];

/** The list as CSV (RFC 4180), soonest first. No cell can start a formula (S-22). */
export function toCsv(items: readonly Expiry[]): string {
  const rows = items.map((item) => [
    iso(item.expiresAt),
    kindOf(item.kind)?.one ?? '',
    item.name,
    item.trustDomain,
    item.connection,
    iso(item.notBefore),
    item.note,
  ]);
  return [HEADER, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const iso = (at: Timestamp | undefined): string =>
  at ? timestampDate(at).toISOString().replace('.000Z', 'Z') : '';

/** A spreadsheet runs a cell that begins like this; an apostrophe before it makes it text. */
export function cell(text: string): string {
  const safe = /^[\s]*[=+\-@|%]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
