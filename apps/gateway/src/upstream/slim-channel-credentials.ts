import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseSpiffeId } from '@muster/domain';
import { CredentialError, readReference } from '../config/credential.ts';
import type { SlimCredentials } from '../config/types.ts';
import { Fault } from './fault.ts';
import type { ChannelOptions } from './transport.ts';
import type { SvidLender } from './workload/lend.ts';

/** What a TLS session is opened with, and who that makes us. */
export interface TlsCredentials {
  options: Pick<ChannelOptions, 'ca' | 'client' | 'serverId'>;
  /** Equal for equal credentials; tells nothing of a key. */
  print: string;
  /** Of our certificate; undefined: we have none. */
  expiresAt: Date | undefined;
  /** Our SPIFFE ID, where a Workload API gives the certificate; else empty. */
  spiffeId: string;
}

/** A credential by its key in the configuration: an error names that key, never path or content (S-21). */
export async function readNamed(key: string, reference: string): Promise<string> {
  try {
    return await readReference(reference);
  } catch (error) {
    if (error instanceof CredentialError) throw unusable(`${key}: ${error.message}`);
    throw error;
  }
}

const unusable = (detail: string): Fault => new Fault('credential', 'local', { detail });
const missing = (detail: string): Fault => new Fault('identity', 'local', { detail });

/** As they are now: from files, or of the Workload API. @throws Fault: it fails closed */
export async function tlsCredentials(
  config: SlimCredentials,
  lender: SvidLender | undefined,
  now: Date,
): Promise<TlsCredentials> {
  const { serverId } = config;
  const lent = serverId === undefined ? undefined : lender?.svid(config);
  const ca =
    config.caFile === undefined
      ? bundleFor(serverId, lender)
      : certificates('caFile', await readNamed('caFile', config.caFile)).text;
  const own = lent
    ? { cert: lent.certPem, key: lent.key, expiresAt: lent.expiresAt }
    : await certificateFiles(config);
  requireValid(own?.expiresAt, now, lender?.stalled ?? '');
  return {
    options: {
      ...(ca === undefined ? {} : { ca }),
      ...(own === undefined ? {} : { client: { cert: own.cert, key: own.key } }),
      ...(serverId === undefined ? {} : { serverId }),
    },
    // The public half changes whenever the key does: the key itself is hashed nowhere.
    print: createHash('sha256')
      .update(JSON.stringify([own?.cert, ca, serverId]))
      .digest('hex'),
    expiresAt: own?.expiresAt,
    spiffeId: lent?.spiffeId ?? '',
  };
}

/** An expired certificate goes on working on an open session; we do not use it (S-36). */
export function requireValid(expiresAt: Date | undefined, now: Date, stalled: string): void {
  if (expiresAt === undefined || expiresAt > now) return;
  const why = stalled === '' ? '' : `; the Workload API says: ${stalled.replace(/\.$/u, '')}`;
  throw missing(`our certificate expired at ${expiresAt.toISOString()} and no new one came${why}`);
}

function bundleFor(serverId: string | undefined, lender: SvidLender | undefined): string | undefined {
  if (serverId === undefined) return undefined;
  const id = parseSpiffeId(serverId);
  const trustDomain = id.ok ? id.value.trustDomain : '';
  const bundle = lender?.authorities(trustDomain);
  // Never the system's authorities: they vouch for host names, not for SPIFFE IDs.
  if (bundle === undefined)
    throw missing(
      `the Workload API connection ${lender?.name ?? ''} gives no bundle of ${trustDomain} to know the server by; let its entry federate with it, or name a caFile`,
    );
  return bundle;
}

interface OwnCertificate {
  cert: string;
  key: KeyObject;
  expiresAt: Date;
}

/** Half of a renewal: the certificate before it may serve on while it is valid. */
export class UnfittingPair extends Fault {
  constructor() {
    super('credential', 'local', {
      detail: 'keyFile holds another key than that of the certificate in certFile',
    });
  }
}

const tries = 4;

async function certificateFiles({ certFile, keyFile }: SlimCredentials): Promise<OwnCertificate | undefined> {
  if (certFile === undefined || keyFile === undefined) return undefined;
  for (let left = tries; ; left -= 1) {
    const [certText, keyText] = await Promise.all([
      readNamed('certFile', certFile),
      readNamed('keyFile', keyFile),
    ]);
    const { text, first } = certificates('certFile', certText);
    const key = privateKey(keyText);
    if (first.checkPrivateKey(key)) return { cert: text, key, expiresAt: first.validToDate };
    // A renewal writes one file after the other: between them they do not fit.
    if (left === 0) throw new UnfittingPair();
    await pause(50);
  }
}

function certificates(key: string, text: string): { text: string; first: X509Certificate } {
  try {
    return { text, first: new X509Certificate(text) };
  } catch {
    throw unusable(`${key} holds no certificate in PEM`);
  }
}

function privateKey(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw unusable('keyFile holds no private key in PEM that is not encrypted');
  }
}

/** A value for `authorization`, and the parts of it that nobody may see. */
export interface Authorization {
  value: string;
  secrets: readonly string[];
}

/** Basic (RFC 7617). */
export function basic(username: string, content: string): Authorization {
  const password = passwordIn(content);
  const encoded = Buffer.from(`${username}:${password}`).toString('base64');
  return { value: `Basic ${encoded}`, secrets: [encoded, password] };
}

/** What a passwordFile holds. */
export function passwordIn(content: string): string {
  // An editor ends a file with a newline; spaces may be part of a password.
  const password = content.replace(/\r?\n$/u, '');
  if (password === '') throw unusable('passwordFile holds no password');
  if (/\p{Cc}/u.test(password))
    throw unusable('passwordFile holds more than one line, or control characters');
  return password;
}

/** Bearer (RFC 6750): anything else than its characters would be refused with the token in the message. */
export function bearer(key: string, content: string): Authorization {
  const token = content.trim();
  if (token === '') throw unusable(`${key} holds no token`);
  if (!/^[A-Za-z0-9._~+/-]+=*$/u.test(token)) throw unusable(`${key} holds something else than one token`);
  return { value: `Bearer ${token}`, secrets: [token] };
}

/** When a token in a file says that it expires; undefined: it does not say. */
export function expiryOf(token: string): Date | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined || token.length > 64 * 1024) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' && exp > 0 && exp <= 253_402_300_799 ? new Date(exp * 1000) : undefined;
  } catch {
    return undefined;
  }
}
