import { decodeBase64Url } from './base64.ts';
import { isJsonObject, parseJson } from './json.ts';

const PEM_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:(?!-----BEGIN)[\s\S])*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/gu;
/** Two dots or more between base64url parts, the first of which may be a JSON object: JWS (3 parts), JWE (5). */
const COMPACT = /(?<![\w-])(e[wy][\w-]+)\.[\w-]*\.[\w-]*(?:\.[\w-]*)*/gu;
const MEMBER = '"(?:d|p|q|dp|dq|qi|k|oth)"\\s*:\\s*"[^"]+"';
const JWK_MEMBER = new RegExp(MEMBER, 'gu');

/**
 * Text of a report without what could be used: tokens and private keys are named, not repeated. Controls, invisible
 * and right-to-left characters are shown as `\u{…}`; letters of any script stay.
 */
export function reportText(text: string): string {
  return plain(redact(text));
}

function redact(text: string): string {
  const keyless = text.includes('PRIVATE KEY') ? text.replace(PEM_KEY, '[private key removed]') : text;
  const tokenless = keyless.replace(COMPACT, (found, head: string) =>
    isJoseHeader(head) ? '[token removed]' : found,
  );
  return tokenless.includes('"kty"')
    ? tokenless.replace(
        JWK_MEMBER,
        (found) => `${found.slice(0, found.indexOf(':'))}:"[private key removed]"`,
      )
    : tokenless;
}

/** A host such as `eyesight.example.org` has the shape of a token, too; only a header is a JSON object. */
function isJoseHeader(part: string): boolean {
  const bytes = decodeBase64Url(part);
  if (!bytes || bytes[0] !== 0x7b) return false;
  const json = parseJson(bytes);
  return json.ok && isJsonObject(json.value.value);
}

/** Not only what could format or hide: unassigned and non-characters are no XML either. */
function plain(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same value with every text in it made fit for a report. Names of members are ours and stay. */
export function reportValue<T>(value: T): T;
export function reportValue(value: unknown): unknown {
  if (typeof value === 'string') return reportText(value);
  if (Array.isArray(value)) return value.map((item) => reportValue<unknown>(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, reportValue<unknown>(item)]),
  );
}
