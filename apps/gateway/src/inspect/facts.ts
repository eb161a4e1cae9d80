import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { SvidKind } from '@muster/api';
import type { GetContextRequest } from '@muster/api';
import { parseSpiffeId } from '@muster/domain';
import { badInput } from '../actions/action.ts';
import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import { bounded } from '../views/context.ts';

/** What is known of a document without the document. Times are milliseconds; undefined: not told. */
export interface SvidFacts {
  spiffeId: string;
  trustDomain: string;
  path: string;
  kind: 'x509' | 'jwt' | 'wit' | '';
  serial: bigint | undefined;
  /** Authority key identifier, lower-case hex, or key id; empty: not told. */
  signer: string;
  /** SHA-256 of the leaf, lower-case hex; empty: not told. */
  fingerprint: string;
  notBefore: number | undefined;
  expiresAt: number | undefined;
  audiences: readonly string[];
  dnsNames: readonly string[];
}

/** What its SPIFFE ID says that it is of. Reserved paths are SPIRE's own (SPIRE API: agents and servers). */
export type Holder = 'workload' | 'agent' | 'server' | 'trust-domain' | 'reserved';

export function holderOf({ path }: Pick<SvidFacts, 'path'>): Holder {
  if (path === '') return 'trust-domain';
  if (path === '/spire/server') return 'server';
  if (path.startsWith('/spire/agent/')) return 'agent';
  return path === '/spire' || path.startsWith('/spire/') ? 'reserved' : 'workload';
}

const mostAudiences = 64;
const mostNames = 100;
const kinds = new Map<SvidKind, SvidFacts['kind']>([
  [SvidKind.X509, 'x509'],
  [SvidKind.JWT, 'jwt'],
  [SvidKind.WIT, 'wit'],
]);
export const kindNames: Record<SvidFacts['kind'], string> = {
  x509: 'X.509-SVID',
  jwt: 'JWT-SVID',
  wit: 'WIT-SVID',
  '': 'SVID',
};

/** Which of a server's keys signs SVIDs of the kind; WIT authorities are shown by no call of SPIRE 1.15. */
export const authorityKind = ({ kind }: SvidFacts): LocalKind | undefined =>
  kind === 'x509' || kind === 'jwt' ? kind : undefined;

/** Reads a request. Throws a `ConnectError` that names the field. */
export function readFacts(request: GetContextRequest): SvidFacts {
  const id = parseSpiffeId(bounded('spiffe_id', request.spiffeId, 2048));
  if (!id.ok) throw badInput('spiffe_id', `${id.problem.message} (SPIFFE ${id.problem.code})`);
  if (request.audiences.length > mostAudiences) throw badInput('audiences', `more than ${mostAudiences}.`);
  if (request.dnsNames.length > mostNames) throw badInput('dns_names', `more than ${mostNames}.`);
  request.audiences.forEach((one, index) => bounded(`audiences[${index}]`, one, 2048));
  request.dnsNames.forEach((one, index) => bounded(`dns_names[${index}]`, one, 255));
  const { uri, trustDomain, path } = id.value;
  return {
    spiffeId: uri,
    trustDomain,
    path,
    kind: kinds.get(request.kind) ?? '',
    serial: serialOf(request.serialNumber),
    signer: bounded('signer', request.signer, 1024),
    fingerprint: hex('fingerprint', request.fingerprint, 64),
    notBefore: moment('not_before', request.notBefore),
    expiresAt: moment('expires_at', request.expiresAt),
    audiences: request.audiences,
    dnsNames: request.dnsNames,
  };
}

/** As certificates write it: hex, whole octets, possibly with colons. */
function serialOf(text: string): bigint | undefined {
  const digits = hex('serial_number', text.replaceAll(':', ''), 256);
  return digits === '' ? undefined : BigInt(`0x${digits}`);
}

function hex(field: string, text: string, most: number): string {
  if (text.length > most || !/^[0-9a-f]*$/iu.test(text))
    throw badInput(field, `hexadecimal digits, ${most} at most.`);
  return text.toLowerCase();
}

function moment(field: string, at: Timestamp | undefined): number | undefined {
  if (!at) return undefined;
  const ms = timestampMs(at);
  if (!Number.isFinite(ms) || Math.abs(ms) > 253_402_300_799_999)
    throw badInput(field, 'no moment that a date can hold.');
  return ms;
}
