import type { JsonObject } from '@bufbuild/protobuf';
import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import { ownBytes } from '@muster/domain/bytes';
import { parseCertificate } from '@muster/domain/certificate';
import { parseTrustDomain } from '@muster/domain';
import { countedKeys, keyName, keysOf } from '../doctor/keys.ts';
import type { BundleKey } from '../doctor/keys.ts';
import { refuse } from '../upstream/refuse.ts';
import { readBundleDocument } from '../upstream/spire/bundle-document.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { BundleFields } from '../upstream/spire/federation-rows.ts';
import type { BundleRow } from '../upstream/spire/rows.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { ActionContext } from './action.ts';
import { digestOf } from './digest.ts';
import { spireConnection } from './spire-target.ts';

/** Authorities exactly as a server has them: documents carry neither taint nor the expiry of JWT keys. */
export interface ExactBundle {
  x509: { der: string; tainted?: boolean }[];
  jwt: { key_id: string; public_key: string; expires_at?: string; tainted?: boolean }[];
  refresh_hint?: string;
  sequence_number?: string;
}

/** Where a bundle comes from: exactly one of the three. */
export interface BundleSource {
  /** SPIFFE bundle document, or PEM of X.509 authorities. */
  bundle?: string;
  /** Connection whose own bundle it is. */
  from?: string;
  authorities?: ExactBundle;
}

const base64 = { type: 'string', maxLength: 65_536, pattern: '^[A-Za-z0-9+/]+={0,2}$' } as const;
const digits = { type: 'string', pattern: '^[0-9]{1,19}$' } as const;

export const sourceProperties = {
  bundle: { type: 'string', minLength: 1, maxLength: 4_194_304 },
  from: { type: 'string', minLength: 1, maxLength: 63 },
  authorities: {
    type: 'object',
    additionalProperties: false,
    required: ['x509', 'jwt'],
    properties: {
      x509: {
        type: 'array',
        maxItems: 10_000,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['der'],
          properties: { der: base64, tainted: { type: 'boolean' } },
        },
      },
      jwt: {
        type: 'array',
        maxItems: 10_000,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['key_id', 'public_key'],
          properties: {
            key_id: { type: 'string', minLength: 1, maxLength: 1024 },
            public_key: base64,
            expires_at: { type: 'string', pattern: '^-?[0-9]{1,19}$' },
            tainted: { type: 'boolean' },
          },
        },
      },
      refresh_hint: digits,
      sequence_number: digits,
    },
  },
} as const;

export const trustDomainProperty = { type: 'string', minLength: 1, maxLength: 264 } as const;

/** A trust domain's name, with or without scheme; not the server's own. */
export function peerOf(text: string, own: string, field = 'trust_domain'): string {
  const read = parseTrustDomain(text.replace(/^spiffe:\/\//u, ''));
  if (!read.ok) throw badInput(field, read.problem.message);
  if (read.value === own)
    throw badInput(field, `${own} is the server’s own trust domain; name the other one.`);
  return read.value;
}

/** What was read, and what a person should look at before it is trusted. */
export interface ReadSource {
  fields: BundleFields;
  keys: readonly BundleKey[];
  warnings: Warning[];
  /** Where it came from, in words. */
  origin: string;
}

/** Reads and checks a bundle for a peer; refuses what must not be trusted, naming the field. */
export async function readSource(
  context: ActionContext,
  source: BundleSource,
  peer: string,
  own: BundleRow,
  at = '',
): Promise<ReadSource | undefined> {
  const given = (['bundle', 'from', 'authorities'] as const).filter((name) => source[name] !== undefined);
  const [field, second] = given;
  if (field === undefined) return undefined;
  if (second !== undefined) throw badInput(`${at}${second}`, `either this or \`${field}\`, not both.`);
  const warnings: Warning[] = [];
  let fields: BundleFields;
  let origin: string;
  if (source.from !== undefined) {
    const row = await ownBundleOf(spireConnection(context, source.from, undefined));
    if (row.trustDomain !== peer)
      throw badInput(`${at}from`, `${source.from} issues for ${row.trustDomain}, not for ${peer}.`);
    // The copy is of its keys; numbers of the peer's own bundle mean nothing in a copy that a server fetches next.
    fields = { ...row, sequenceNumber: 0n };
    origin = `the own bundle of ${source.from}`;
  } else if (source.authorities !== undefined) {
    fields = exact(source.authorities, peer);
    origin = 'as it was before';
  } else {
    const read = readBundleDocument(new TextEncoder().encode(source.bundle ?? ''), true);
    if (!read.ok) throw badInput(`${at}bundle`, read.problem);
    const { x509, jwt, refreshHint, sequenceNumber, ignored } = read.value;
    fields = { trustDomain: peer, x509, jwt, refreshHint, sequenceNumber };
    if (ignored.length > 0)
      warnings.push(
        warn(
          'ignored',
          `${ignored.length} of its entries ${ignored.length === 1 ? 'is' : 'are'} not taken over. ${ignored.slice(0, 3).join(' ')}`,
          Severity.WARNING,
        ),
      );
    origin = 'the document given';
  }
  const keys = keysOf(fields);
  checkKeys(keys, fields, peer, own, `${at}${field}`, field === 'authorities');
  warnings.push(...keyWarnings(keys, peer, context.now()));
  return { fields, keys, warnings, origin };
}

export async function ownBundleOf(connection: SpireConnection): Promise<BundleRow> {
  try {
    return await connection.readOwnBundle();
  } catch (error) {
    throw refuse('Reading the server’s own bundle', connection.link.name, error);
  }
}

function exact(authorities: ExactBundle, peer: string): BundleFields {
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
  return {
    trustDomain: peer,
    x509: authorities.x509.map(({ der, tainted = false }) => ({ der: bytes(der), tainted })),
    jwt: authorities.jwt.map(({ key_id, public_key, expires_at = '0', tainted = false }) => ({
      keyId: key_id,
      publicKey: bytes(public_key),
      expiresAt: BigInt.asIntN(64, BigInt(expires_at)),
      tainted,
    })),
    refreshHint: BigInt.asIntN(64, BigInt(authorities.refresh_hint ?? '0')),
    sequenceNumber: BigInt.asUintN(64, BigInt(authorities.sequence_number ?? '0')),
  };
}

function checkKeys(
  keys: readonly BundleKey[],
  { x509 }: BundleFields,
  peer: string,
  own: BundleRow,
  field: string,
  restoring: boolean,
): void {
  // SPIRE takes a bundle without authorities; every SVID of the peer would be refused from then on. Only what was so
  // before may be made so again.
  if (keys.length === 0 && !restoring)
    throw badInput(field, 'it holds no authority that can be used; nothing of the peer would be accepted.');
  const broken = keys.find(({ problem }) => problem !== '');
  if (broken) throw badInput(field, `${keyName(broken)} cannot be read. ${broken.problem}`);
  const twice = keys.find(
    ({ kind, id }, index) => keys.findIndex((key) => key.kind === kind && key.id === id) < index,
  );
  if (twice) throw badInput(field, `${keyName(twice)} is in it twice.`);
  x509.forEach(({ der }, index) => {
    const read = parseCertificate(ownBytes(der));
    if (read.ok && read.value.extensions.basicConstraints?.ca !== true)
      throw badInput(
        field,
        `certificate ${index + 1} is not an authority (cA is not set). An SVID is no bundle: ask the peer for \`spire-server bundle show -format spiffe\`.`,
      );
  });
  for (const key of keys)
    for (const uri of key.uris)
      if (uri.startsWith('spiffe://') && uri !== `spiffe://${peer}`)
        throw badInput(field, `${keyName(key)} is of another trust domain than ${peer}.`);
  const mine = new Set(keysOf(own).map(({ fingerprint }) => fingerprint));
  const shared = keys.find(({ fingerprint }) => mine.has(fingerprint));
  if (shared)
    throw badInput(
      field,
      `${keyName(shared)} is an authority of ${own.trustDomain} itself; this is the server’s own bundle, not that of ${peer}.`,
    );
}

function keyWarnings(keys: readonly BundleKey[], peer: string, now: Date): Warning[] {
  const out: Warning[] = [];
  const x509 = keys.filter(({ kind }) => kind === 'x509');
  const expired = x509.filter(({ notAfter = Infinity }) => notAfter <= now.getTime());
  if (x509.length > 0 && expired.length === x509.length)
    out.push(
      warn(
        'expired',
        `Every X.509 authority in it has expired: no X509-SVID of ${peer} would be accepted.`,
        Severity.DANGER,
      ),
    );
  const unnamed = x509.filter(({ uris }) => uris.length === 0);
  if (unnamed.length > 0)
    out.push(
      warn(
        'unnamed',
        `${unnamed.length} of ${x509.length} X.509 authorities ${unnamed.length === 1 ? 'does' : 'do'} not say of which trust domain ${unnamed.length === 1 ? 'it is' : 'they are'}. Compare the fingerprints with the peer’s administrator.`,
        Severity.WARNING,
      ),
    );
  return out;
}

/** What replacing a copy changes, for whoever reviews it. */
export function replaceWarnings(before: BundleRow | undefined, next: ReadSource): Warning[] {
  if (!before) return [];
  const out: Warning[] = [];
  const old = keysOf(before);
  const kept = new Set(next.keys.map(({ fingerprint }) => fingerprint));
  if (old.length > 0 && !old.some(({ fingerprint }) => kept.has(fingerprint)))
    out.push(
      warn(
        'no-common-key',
        'It has no key in common with the copy it replaces: every SVID that is accepted now fails, unless the peer replaced all of its keys. Compare the fingerprints with its administrator.',
        Severity.DANGER,
      ),
    );
  const { sequenceNumber } = next.fields;
  // S-24: an older bundle brings revoked keys back. Numbers of fetched copies are 0 and say nothing.
  if (sequenceNumber !== 0n && before.sequenceNumber > sequenceNumber)
    out.push(
      warn(
        'rollback',
        `Its sequence number is ${sequenceNumber}, that of the copy it replaces is ${before.sequenceNumber}: it is older, and may bring revoked keys back.`,
        Severity.DANGER,
      ),
    );
  return out;
}

/** Of the content only: when it was read says nothing. */
export function bundleHash(row: BundleRow | undefined): string {
  if (!row) return '';
  return digestOf({
    x509: row.x509.map(({ der, tainted }) => [Buffer.from(der).toString('base64'), tainted]),
    jwt: row.jwt.map(({ keyId, publicKey, expiresAt, tainted }) => [
      keyId,
      Buffer.from(publicKey).toString('base64'),
      expiresAt,
      tainted,
    ]),
    refreshHint: row.refreshHint,
    sequenceNumber: row.sequenceNumber,
  });
}

/** Input that restores a copy exactly. */
export function toExact(row: BundleRow): JsonObject {
  return {
    x509: row.x509.map(({ der, tainted }) => ({
      der: Buffer.from(der).toString('base64'),
      ...(tainted ? { tainted } : {}),
    })),
    jwt: row.jwt.map(({ keyId, publicKey, expiresAt, tainted }) => ({
      key_id: keyId,
      public_key: Buffer.from(publicKey).toString('base64'),
      ...(expiresAt === 0n ? {} : { expires_at: String(expiresAt) }),
      ...(tainted ? { tainted } : {}),
    })),
    ...(row.refreshHint > 0n ? { refresh_hint: String(row.refreshHint) } : {}),
    ...(row.sequenceNumber > 0n ? { sequence_number: String(row.sequenceNumber) } : {}),
  };
}

/** "2 X.509 authorities and 1 JWT key", for before and after. */
export const describeBundle = (row: Pick<BundleRow, 'x509' | 'jwt'> | undefined): string =>
  row ? countedKeys(keysOf(row)) : '';
