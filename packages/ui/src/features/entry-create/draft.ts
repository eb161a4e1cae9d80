import type { Entry } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { toDate } from '../../components/index.ts';

export interface SelectorDraft {
  type: string;
  value: string;
}

/** An entry as it is being typed: everything is text until it is checked. */
export interface Draft {
  connection: string;
  spiffeId: string;
  parentId: string;
  selectors: readonly SelectorDraft[];
  /** Seconds; empty is the server's default. */
  x509Ttl: string;
  jwtTtl: string;
  federatesWith: readonly string[];
  dnsNames: readonly string[];
  hint: string;
  admin: boolean;
  downstream: boolean;
  storeSvid: boolean;
  noPrefetch: boolean;
  includeJti: boolean;
  /** RFC 3339; empty is never. */
  expiresAt: string;
}

export function emptyDraft(connection: string, trustDomain: string, parentId = ''): Draft {
  return {
    connection,
    spiffeId: trustDomain ? `spiffe://${trustDomain}/` : '',
    parentId,
    selectors: [{ type: '', value: '' }],
    x509Ttl: '',
    jwtTtl: '',
    federatesWith: [],
    dnsNames: [],
    hint: '',
    admin: false,
    downstream: false,
    storeSvid: false,
    noPrefetch: false,
    includeJti: false,
    expiresAt: '',
  };
}

export function draftOf(entry: Entry): Draft {
  const seconds = (value: number) => (value > 0 ? String(value) : '');
  return {
    connection: entry.connection,
    spiffeId: entry.spiffeId,
    parentId: entry.parentId,
    selectors: entry.selectors.map(({ type, value }) => ({ type, value })),
    x509Ttl: seconds(entry.x509SvidTtl),
    jwtTtl: seconds(entry.jwtSvidTtl),
    federatesWith: [...entry.federatesWith],
    dnsNames: [...entry.dnsNames],
    hint: entry.hint,
    admin: entry.admin,
    downstream: entry.downstream,
    storeSvid: entry.storeSvid,
    noPrefetch: entry.disableX509SvidPrefetch,
    includeJti: entry.jwtSvidIncludeJti,
    expiresAt: toDate(entry.expiresAt)?.toISOString().replace('.000Z', 'Z') ?? '',
  };
}

/** An entry's fields by the action's schema. */
export function fieldsOf(draft: Draft): JsonObject {
  return {
    spiffe_id: draft.spiffeId.trim(),
    parent_id: draft.parentId.trim(),
    selectors: draft.selectors.filter(isTyped).map(({ type, value }) => `${type.trim()}:${value.trim()}`),
    x509_svid_ttl: Number(draft.x509Ttl || 0),
    jwt_svid_ttl: Number(draft.jwtTtl || 0),
    federates_with: [...draft.federatesWith],
    dns_names: [...draft.dnsNames],
    hint: draft.hint,
    admin: draft.admin,
    downstream: draft.downstream,
    store_svid: draft.storeSvid,
    disable_x509_svid_prefetch: draft.noPrefetch,
    jwt_svid_include_jti: draft.includeJti,
    expires_at: draft.expiresAt.trim(),
  };
}

export const isTyped = ({ type, value }: SelectorDraft): boolean => Boolean(type.trim() || value.trim());

/** Input of `entry.create`. */
export const createInput = (draft: Draft): JsonObject => ({
  connection: draft.connection,
  entries: [fieldsOf(draft)],
});

/** Input of `entry.update`: only what differs, so that nothing else is written over. */
export function updateInput(entry: Entry, draft: Draft): JsonObject {
  const before = fieldsOf(draftOf(entry));
  const changed = Object.entries(fieldsOf(draft)).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field]),
  );
  return { connection: entry.connection, id: entry.id, set: Object.fromEntries(changed) };
}

export const isChanged = (entry: Entry, draft: Draft): boolean =>
  JSON.stringify(fieldsOf(draftOf(entry))) !== JSON.stringify(fieldsOf(draft));
