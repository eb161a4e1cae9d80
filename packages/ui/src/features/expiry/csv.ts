import type { Expiry } from '@muster/api';
import { timestampDate, type Timestamp } from '@bufbuild/protobuf/wkt';
import { csvOf } from '../../components/index.ts';
import { kindOf } from './search.ts';

const HEADER = ['expires_at', 'kind', 'name', 'trust_domain', 'connection', 'valid_from', 'note'];

/** The list as CSV, soonest first. */
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
  return csvOf([HEADER, ...rows]);
}

const iso = (at: Timestamp | undefined): string =>
  at ? timestampDate(at).toISOString().replace('.000Z', 'Z') : '';
