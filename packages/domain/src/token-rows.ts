import type { BundleSet } from './bundle-set.ts';
import type { KeyUse } from './bundle.ts';
import { isJsonNumber } from './bundle.ts';
import { type Bytes, utf8Encode } from './bytes.ts';
import type { DecodedJwt, DecodedMember } from './decoded.ts';
import { escapeText, quote } from './display.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { findSigningKey, type Jws, JWS_ALGORITHMS, parseJws } from './jws.ts';
import { describeKey } from './public-key.ts';
import type { Sheet } from './sheet.ts';
import { scanSpiffeId } from './spiffe-id-scan.ts';

/** What the rows of JWT-SVID and WIT-SVID share; each kind brings its own clause ids. */
export interface SubjectResult {
  readonly text?: string;
  /** Host of the subject in lower case, valid or not, for choosing a bundle; a broken ID fails by its own row. */
  readonly trustDomain?: string;
}

/** Takes the token apart and fills J-01 and J-16; undefined when it is no compact serialization. */
export function readToken(sheet: Sheet, bytes: Bytes): Jws | undefined {
  const jws = parseJws(bytes);
  if (!jws.ok) {
    sheet.fail('J-01', jws.problem.message);
    return undefined;
  }
  // Read on: the usual way there is a last letter changed, and then the signature is wrong as well.
  if (jws.value.spareBits)
    sheet.fail('J-01', 'A part of the token ends in bits that belong to no byte, so it is not base64url.');
  else sheet.pass('J-01', 'Three base64url parts.');
  for (const problem of jws.value.jsonProblems) sheet.fail('J-16', problem);
  sheet.set('J-16', 'pass', 'Header and claims are one JSON object each, no member twice.');
  return jws.value;
}

export function fillAlgorithmRow(sheet: Sheet, id: string, header: JsonObject): string | undefined {
  const alg = header.get('alg');
  const known = typeof alg === 'string' && JWS_ALGORITHMS.has(alg);
  const shown = typeof alg === 'string' ? quote(alg, 40) : 'missing or not text';
  sheet.test(id, known, `The algorithm is ${shown}.`, `The algorithm is ${shown}; it is not allowed.`);
  return known ? alg : undefined;
}

export function fillSubjectRow(sheet: Sheet, id: string, claims: JsonObject): SubjectResult {
  const sub = claims.get('sub');
  if (typeof sub !== 'string') {
    sheet.fail(id, sub === undefined ? 'There is no subject.' : 'The subject is not text.');
    return {};
  }
  const scan = scanSpiffeId(utf8Encode(sub.slice(0, 65536)));
  const broken = scan.findings.filter((finding) => finding.severity === 'fail');
  const why = broken.map((finding) => `${finding.clause}: ${finding.evidence}`).join(' ');
  sheet.test(
    id,
    broken.length === 0,
    `${quote(sub, 300)} is a valid SPIFFE ID.`,
    `${quote(sub, 300)} is not a SPIFFE ID. ${why}`,
  );
  for (const finding of scan.findings) sheet.set(finding.clause, finding.severity, finding.evidence);
  return { text: sub, ...(scan.host ? { trustDomain: scan.host.toLowerCase() } : {}) };
}

/** Seconds since 1970, or undefined when the member is no number or no time that a clock can show. */
export function timeMember(claims: JsonObject, name: string): number | undefined {
  const value = claims.get(name);
  if (!isJsonNumber(value)) return undefined;
  const seconds = value.toNumber();
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** RFC 7519 4.1.4: the time must be before exp. Muster allows no leeway and says when it is close. */
export function expiryProblem(exp: number, at: number): string | undefined {
  const now = at / 1000;
  if (now < exp) return undefined;
  const close =
    now - exp <= 60 ? ', less than a minute before the evaluation time; Muster allows no leeway' : '';
  return `The token expired at ${isoSeconds(exp)}${close}.`;
}

/** RFC 7519 4.1.5: the time must be at or after nbf. */
export function notBeforeProblem(nbf: number, at: number): string | undefined {
  const now = at / 1000;
  if (now >= nbf) return undefined;
  const close =
    nbf - now <= 60 ? ', less than a minute after the evaluation time; Muster allows no leeway' : '';
  return `The token is not valid before ${isoSeconds(nbf)}${close}.`;
}

export interface SignatureRows {
  readonly signature: string;
  /** Clause for "alg does not fit the key", when the kind has one. */
  readonly fit?: string;
  readonly use: KeyUse;
}

/** Fills the signature rows. Only a bundle of the subject's own trust domain is ever used to pass. */
export async function fillSignatureRows(
  sheet: Sheet,
  rows: SignatureRows,
  jws: Jws,
  subject: SubjectResult,
  bundles: BundleSet,
): Promise<DecodedJwt['signedBy']> {
  const { trustDomain } = subject;
  const { signature: id, fit, use } = rows;
  const kid = jws.header?.get('kid');
  const alg = jws.header?.get('alg');
  const algorithm = typeof alg === 'string' ? JWS_ALGORITHMS.get(alg) : undefined;
  const name = quote(trustDomain ?? '', 80);
  if (trustDomain === undefined) {
    sheet.notChecked(id, 'There is no trust domain to choose a bundle by.');
    return undefined;
  }
  if (typeof alg !== 'string' || !algorithm) {
    sheet.notChecked(id, 'The algorithm is not allowed, so no signature was checked.');
    return undefined;
  }
  if (kid !== undefined && typeof kid !== 'string') {
    sheet.fail(id, 'The key id is not text, so no key can be chosen.');
    return undefined;
  }
  const lookup = bundles.find(trustDomain);
  if (!lookup) {
    const none = 'No bundle was given, so the signature is not verified.';
    sheet.fail(
      id,
      bundles.given ? `No bundle was given for the trust domain ${name}, so the token is untrusted.` : none,
    );
    return undefined;
  }
  if (!lookup.ok) {
    sheet.fail(id, `The bundle of ${name} cannot be read. ${lookup.why}`);
    return undefined;
  }
  const search = await findSigningKey(jws, alg, algorithm, kid, lookup.bundle, use);
  switch (search.state) {
    case 'verified':
      sheet.pass(id, `The signature was made by a ${use} key of ${name}.`);
      if (fit) sheet.pass(fit, `${alg} fits the key.`);
      return {
        trustDomain,
        keyType: describeKey(search.key),
        ...(search.entry.keyId === undefined ? {} : { keyId: escapeText(search.entry.keyId.slice(0, 256)) }),
      };
    case 'no-keys':
      sheet.fail(
        'B-17',
        `The bundle has no key that can be used for ${use}, so every such token is invalid.`,
      );
      sheet.fail(id, `The bundle of ${name} has no ${use} key that can be used.`);
      break;
    case 'unknown-kid':
      sheet.fail(id, `The bundle of ${name} has no ${use} key with the id ${quote(String(kid), 80)}.`);
      break;
    case 'misfit':
      if (fit) sheet.fail(fit, `${alg} does not fit the key.`);
      sheet.fail(id, `No ${use} key of ${name} can verify ${alg}.`);
      break;
    case 'bad-signature':
      if (fit) sheet.pass(fit, `${alg} fits the key.`);
      sheet.fail(id, `The signature was not made by the key of ${name}.`);
      break;
  }
  return undefined;
}

/** Header and claims for display. The signature is not among the inputs, so it cannot slip out. */
export function decodeToken(
  type: DecodedJwt['type'],
  jws: Jws,
  subject: SubjectResult,
  signedBy: DecodedJwt['signedBy'],
): DecodedJwt {
  const { header = new Map(), claims = new Map() } = jws;
  const alg = header.get('alg');
  const kid = header.get('kid');
  return {
    type,
    header: members(header),
    claims: members(claims),
    audience: audienceOf(claims)?.map((item) => escapeText(item.slice(0, 2100))) ?? [],
    ...(typeof alg === 'string' ? { algorithm: escapeText(alg.slice(0, 100)) } : {}),
    ...(typeof kid === 'string' ? { keyId: escapeText(kid.slice(0, 256)) } : {}),
    ...(subject.text === undefined ? {} : { subject: escapeText(subject.text.slice(0, 2100)) }),
    ...(subject.trustDomain === undefined
      ? {}
      : { trustDomain: escapeText(subject.trustDomain.slice(0, 300)) }),
    ...optionalTime('issuedAt', timeMember(claims, 'iat')),
    ...optionalTime('notBefore', timeMember(claims, 'nbf')),
    ...optionalTime('expiresAt', timeMember(claims, 'exp')),
    ...(signedBy ? { signedBy } : {}),
  };
}

/** Values of `aud` (RFC 7519 4.1.3), or undefined when it is neither text nor a list of texts. */
export function audienceOf(claims: JsonObject): readonly string[] | undefined {
  const aud = claims.get('aud');
  if (typeof aud === 'string') return [aud];
  if (!isJsonArray(aud)) return undefined;
  const texts = aud.filter((item) => typeof item === 'string');
  return texts.length === aud.length ? texts : undefined;
}

function members(object: JsonObject): readonly DecodedMember[] {
  return [...object].slice(0, 200).map(([name, value]) => ({
    name: escapeText(name.slice(0, 200)),
    value: escapeText(toText(value).slice(0, 4000)),
  }));
}

/** JSON text of a value, numbers as they were written. Private JWK members are not repeated (S-13). */
function toText(value: JsonValue): string {
  if (isJsonNumber(value)) return value.raw;
  if (isJsonArray(value)) return `[${value.map(toText).join(',')}]`;
  if (isJsonObject(value)) {
    const isJwk = value.has('kty');
    const shown = [...value].map(([name, item]) => {
      const secret = isJwk && ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].includes(name);
      return `${JSON.stringify(name)}:${secret ? '"(removed)"' : toText(item)}`;
    });
    return `{${shown.join(',')}}`;
  }
  return JSON.stringify(value);
}

function optionalTime<K extends string>(name: K, seconds: number | undefined): { [P in K]?: string } {
  return seconds === undefined ? {} : ({ [name]: isoSeconds(seconds) } as { [P in K]?: string });
}

/** ISO 8601 in UTC; a time beyond what Date can hold is shown as its number of seconds. */
function isoSeconds(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} s since 1970` : date.toISOString().replace('.000Z', 'Z');
}
