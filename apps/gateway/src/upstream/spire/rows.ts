import type { Agent as WireAgent } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import type { Bundle as WireBundle } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import type { Entry as WireEntry, EntryMask } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import type { SPIFFEID } from '@muster/wire/gen/spire/api/types/spiffeid_pb.js';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { EntryMaskSchema, EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';

export interface SelectorRow {
  type: string;
  value: string;
}

/** A registration entry as plain data: it crosses to the store's thread. Times are Unix seconds, 0 is never. */
export interface EntryRow {
  id: string;
  spiffeId: string;
  parentId: string;
  selectors: SelectorRow[];
  x509SvidTtl: number;
  jwtSvidTtl: number;
  federatesWith: string[];
  admin: boolean;
  downstream: boolean;
  expiresAt: bigint;
  dnsNames: string[];
  revisionNumber: bigint;
  storeSvid: boolean;
  hint: string;
  createdAt: bigint;
  /** The agent makes no X.509-SVID before a workload asks for one. */
  disableX509SvidPrefetch: boolean;
  /** Each JWT-SVID has an ID of its own (`jti`), and none is kept in the agent’s cache. */
  jwtSvidIncludeJti: boolean;
}

/** Fields of an entry that a person may set. */
export type EntryFields = Omit<EntryRow, 'id' | 'revisionNumber' | 'createdAt'>;

export interface AgentRow {
  id: string;
  attestationType: string;
  serialNumber: string;
  expiresAt: bigint;
  selectors: SelectorRow[];
  banned: boolean;
  canReattest: boolean;
  version: string;
}

export interface BundleRow {
  trustDomain: string;
  own: boolean;
  x509: { der: Uint8Array; tainted: boolean }[];
  jwt: { keyId: string; publicKey: Uint8Array; expiresAt: bigint; tainted: boolean }[];
  refreshHint: bigint;
  sequenceNumber: bigint;
  readAt: Date;
}

const uri = (id: SPIFFEID | undefined): string => (id ? `spiffe://${id.trustDomain}${id.path}` : '');

/** Splits a valid SPIFFE ID into the server's two fields. */
export function wireId(id: string): { trustDomain: string; path: string } {
  const rest = id.slice('spiffe://'.length);
  const slash = rest.indexOf('/');
  return slash < 0
    ? { trustDomain: rest, path: '' }
    : { trustDomain: rest.slice(0, slash), path: rest.slice(slash) };
}

/** Trust domains come with or without the scheme. */
export const bareTrustDomain = (name: string): string => name.replace(/^spiffe:\/\//u, '');

export function entryRow(wire: WireEntry): EntryRow {
  return {
    id: wire.id,
    spiffeId: uri(wire.spiffeId),
    parentId: uri(wire.parentId),
    selectors: wire.selectors.map(({ type, value }) => ({ type, value })),
    x509SvidTtl: wire.x509SvidTtl,
    jwtSvidTtl: wire.jwtSvidTtl,
    federatesWith: wire.federatesWith.map(bareTrustDomain),
    admin: wire.admin,
    downstream: wire.downstream,
    expiresAt: wire.expiresAt,
    dnsNames: [...wire.dnsNames],
    revisionNumber: wire.revisionNumber,
    storeSvid: wire.storeSvid,
    hint: wire.hint,
    createdAt: wire.createdAt,
    disableX509SvidPrefetch: wire.additionalAttributes?.disableX509SvidPrefetch ?? false,
    jwtSvidIncludeJti: wire.additionalAttributes?.jwtSvidIncludeJti ?? false,
  };
}

/** SPIRE keeps these in one message, and a mask writes it whole: where one is sent, so is the other. */
export const attributeFields = ['disableX509SvidPrefetch', 'jwtSvidIncludeJti'] as const;

export function wireEntry(
  fields: Partial<EntryFields> & { id?: string },
): MessageInitShape<typeof EntrySchema> {
  const { spiffeId, parentId, disableX509SvidPrefetch, jwtSvidIncludeJti, ...rest } = fields;
  return {
    ...rest,
    ...(spiffeId === undefined ? {} : { spiffeId: wireId(spiffeId) }),
    ...(parentId === undefined ? {} : { parentId: wireId(parentId) }),
    ...(disableX509SvidPrefetch || jwtSvidIncludeJti
      ? {
          additionalAttributes: {
            disableX509SvidPrefetch: disableX509SvidPrefetch ?? false,
            jwtSvidIncludeJti: jwtSvidIncludeJti ?? false,
          },
        }
      : {}),
  };
}

/** A mask of exactly the fields given. */
export function maskOf(fields: Partial<EntryFields>): MessageInitShape<typeof EntryMaskSchema> {
  const mask: Partial<Record<Exclude<keyof EntryMask, '$typeName' | '$unknown'>, boolean>> = {};
  for (const key of Object.keys(fields) as (keyof EntryFields)[]) {
    if (key === 'disableX509SvidPrefetch' || key === 'jwtSvidIncludeJti') mask.additionalAttributes = true;
    else mask[key] = true;
  }
  return mask;
}

export function agentRow(wire: WireAgent): AgentRow {
  return {
    id: uri(wire.id),
    attestationType: wire.attestationType,
    serialNumber: wire.x509svidSerialNumber,
    expiresAt: wire.x509svidExpiresAt,
    selectors: wire.selectors.map(({ type, value }) => ({ type, value })),
    banned: wire.banned,
    canReattest: wire.canReattest,
    version: wire.agentVersion,
  };
}

export function bundleRow(wire: WireBundle, own: boolean, readAt: Date): BundleRow {
  return {
    trustDomain: bareTrustDomain(wire.trustDomain),
    own,
    x509: wire.x509Authorities.map(({ asn1, tainted }) => ({ der: asn1, tainted })),
    jwt: wire.jwtAuthorities.map(({ keyId, publicKey, expiresAt, tainted }) => ({
      keyId,
      publicKey,
      expiresAt,
      tainted,
    })),
    refreshHint: wire.refreshHint,
    sequenceNumber: wire.sequenceNumber,
    readAt,
  };
}
