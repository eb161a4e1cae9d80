import { toLatin1 } from './bytes.ts';
import { quote } from './display.ts';

/** One clause of the SPIFFE-ID specification that the text does not meet. */
export interface IdFinding {
  readonly clause: string;
  readonly severity: 'fail' | 'warn';
  readonly evidence: string;
}

/** What the scanner saw. The parts are raw and only mean something when no finding has severity `fail`. */
export interface IdScan {
  readonly findings: readonly IdFinding[];
  readonly scheme: string;
  readonly host: string | undefined;
  readonly path: string;
}

const COLON = 0x3a;
const SLASH = 0x2f;
const QUERY = 0x3f;
const HASH = 0x23;
const AT = 0x40;
const PERCENT = 0x25;

/**
 * Reads a SPIFFE ID byte by byte and lists every clause it breaks (ID-01 to ID-19). It does not use `URL`, which
 * resolves dot segments and drops empty ports, user names and control characters without a word.
 */
export function scanSpiffeId(bytes: Uint8Array): IdScan {
  return scanClean(bytes) ?? scanEveryByte(bytes);
}

/** An ID that no clause finds anything in, at one look: nearly every ID is, and each is looked at several times. */
const CLEAN = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)*)$/u;

function scanClean(bytes: Uint8Array): IdScan | undefined {
  const [whole, host, path] = (bytes.length <= 2048 && CLEAN.exec(toLatin1(bytes))) || [];
  if (whole === undefined || host === undefined || path === undefined) return undefined;
  return { findings: [], scheme: 'spiffe', host, path };
}

/** The same for any bytes. The two agree wherever the first has an answer; a test holds them to it. */
export function scanEveryByte(bytes: Uint8Array): IdScan {
  const findings: IdFinding[] = [];
  const fail = (clause: string, evidence: string) => findings.push({ clause, severity: 'fail', evidence });
  const warn = (clause: string, evidence: string) => findings.push({ clause, severity: 'warn', evidence });

  const odd = bytes.findIndex((byte) => byte <= 0x20 || byte >= 0x7f);
  if (odd >= 0)
    fail('ID-19', `Byte 0x${hex(bytes[odd])} at position ${odd} is not a printable ASCII character.`);
  if (bytes.length > 2048) warn('ID-15', `${bytes.length} bytes; other software need only support 2048.`);

  const colon = bytes.indexOf(COLON);
  const scheme = toLatin1(bytes.subarray(0, Math.max(colon, 0)));
  if (colon < 0 || scheme.toLowerCase() !== 'spiffe') {
    fail('ID-01', colon < 0 ? 'There is no scheme.' : `The scheme is ${quote(scheme, 40)}.`);
  } else if (scheme !== 'spiffe') {
    warn('ID-01', `The scheme is written ${quote(scheme)}; lower case is expected.`);
  }

  const rest = bytes.subarray(colon + 1);
  const hash = rest.indexOf(HASH);
  if (hash >= 0) fail('ID-03', 'There is a fragment (`#`).');
  const beforeHash = hash < 0 ? rest : rest.subarray(0, hash);
  const query = beforeHash.indexOf(QUERY);
  if (query >= 0) fail('ID-02', 'There is a query (`?`).');
  const hier = query < 0 ? beforeHash : beforeHash.subarray(0, query);

  const hasAuthority = hier[0] === SLASH && hier[1] === SLASH;
  if (!hasAuthority) {
    fail('ID-04', 'There is no `//` and so no trust domain.');
    return { findings, scheme, host: undefined, path: toLatin1(hier) };
  }
  const pathStart = hier.indexOf(SLASH, 2);
  const authority = hier.subarray(2, pathStart < 0 ? hier.length : pathStart);
  const path = pathStart < 0 ? new Uint8Array() : hier.subarray(pathStart);
  const host = scanAuthority(authority, fail);
  scanPath(path, fail);
  return { findings, scheme, host, path: toLatin1(path) };
}

type Fail = (clause: string, evidence: string) => void;

function scanAuthority(authority: Uint8Array, fail: Fail): string {
  const at = authority.lastIndexOf(AT);
  if (at >= 0) fail('ID-05', 'There is user information (`@`).');
  const hostPort = authority.subarray(at + 1);
  const colon = hostPort.indexOf(COLON);
  if (colon >= 0) fail('ID-06', 'There is a port (`:`).');
  const host = colon < 0 ? hostPort : hostPort.subarray(0, colon);
  for (const finding of scanTrustDomain(host)) fail(finding.clause, finding.evidence);
  return toLatin1(host);
}

const CLEAN_NAME = /^[a-z0-9._-]+$/u;

/** The trust domain rules alone (SPIFFE-ID 2.1, 2.3), for a name without scheme. */
export function scanTrustDomain(name: Uint8Array): readonly IdFinding[] {
  if (name.length <= 255 && CLEAN_NAME.test(toLatin1(name))) return [];
  const findings: IdFinding[] = [];
  const fail = (clause: string, evidence: string) => findings.push({ clause, severity: 'fail', evidence });
  const text = quote(toLatin1(name.subarray(0, 300)), 80);
  if (name.length === 0) fail('ID-04', 'The trust domain is empty.');
  if (name.length > 255) fail('ID-16', `The trust domain has ${name.length} bytes; 255 is the limit.`);
  if (name.some(isUpper)) fail('ID-07', `The trust domain ${text} has upper-case letters.`);
  if (name.includes(PERCENT)) fail('ID-09', `The trust domain ${text} has percent-encoding.`);
  const bad = name.find((byte) => !isTrustDomainByte(byte) && !isUpper(byte) && byte !== PERCENT);
  if (bad !== undefined) fail('ID-08', `The trust domain ${text} has the byte 0x${hex(bad)}.`);
  return findings;
}

function scanPath(path: Uint8Array, fail: Fail): void {
  if (path.length === 0) return;
  if (path.at(-1) === SLASH) fail('ID-13', 'The path ends in `/`.');
  if (path.includes(PERCENT)) fail('ID-10', 'The path has percent-encoding.');
  const bad = path.find((byte) => byte !== SLASH && byte !== PERCENT && !isPathByte(byte));
  if (bad !== undefined) fail('ID-14', `A path segment has the byte 0x${hex(bad)}.`);
  const segments = toLatin1(path).split('/').slice(1);
  // A trailing slash makes one last empty segment; it has its own clause.
  if (segments.slice(0, -1).includes('')) fail('ID-11', 'The path has an empty segment (`//`).');
  const dots = segments.find((segment) => segment === '.' || segment === '..');
  if (dots !== undefined) fail('ID-12', `The path has a \`${dots}\` segment.`);
}

function hex(byte: number | undefined): string {
  return (byte ?? 0).toString(16).padStart(2, '0');
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

function isTrustDomainByte(byte: number): boolean {
  return isDigitOrMark(byte) || (byte >= 0x61 && byte <= 0x7a);
}

function isPathByte(byte: number): boolean {
  return isTrustDomainByte(byte) || isUpper(byte);
}

function isDigitOrMark(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2d || byte === 0x5f;
}
