/** Members of JSON that hold a private key: JWK (RFC 7518 6.2.2, 6.3.2, 6.4.1) and the Workload API's answers. */
const secretMembers = [
  'd',
  'p',
  'q',
  'dp',
  'dq',
  'qi',
  'k',
  'oth',
  'x509_svid_key',
  'x509SvidKey',
  'wit_svid_key',
  'witSvidKey',
  'private_key',
  'privateKey',
];
const secretMember = new RegExp(`"(?:${secretMembers.join('|')})"\\s*:\\s*(?:"[^"]|\\[\\s*\\{)`, 'u');

/**
 * Whether a document carries a private key, in PEM, DER, bare base64 or JSON. Errs on the side of refusing: a document
 * that is refused costs one paste, a key that is kept may cost the identity.
 */
export function holdsPrivateKey(input: Uint8Array): boolean {
  if (isPrivateDer(input)) return true;
  const text = new TextDecoder('latin1').decode(input);
  if (/PRIVATE\s+KEY/iu.test(text)) return true;
  if (text.includes('{') && secretMember.test(unescapeJson(text))) return true;
  return isPrivateDer(fromBase64(text));
}

/** `"\u0064"` is `"d"` to a JSON reader. */
function unescapeJson(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})/giu, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/**
 * PKCS#8 and PKCS#1 begin with SEQUENCE { INTEGER 0 or 1, …}, SEC 1 with SEQUENCE { INTEGER 1, OCTET STRING }; encrypted PKCS#8 with
 * SEQUENCE { SEQUENCE { OID of PKCS#5 or PKCS#12 }}. Certificates begin with neither.
 */
function isPrivateDer(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30 || bytes.length < 24) return false;
  const body = contentStart(bytes, 0);
  if (bytes[body] === 0x02) return bytes[body + 1] === 1 && (bytes[body + 2] ?? 9) <= 1;
  if (bytes[body] !== 0x30) return false;
  const oid = contentStart(bytes, body);
  // 1.2.840.113549.1.5 and .1.12: password-based encryption.
  const prefix = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01];
  const family = bytes[oid + 2 + prefix.length];
  return (
    bytes[oid] === 0x06 &&
    prefix.every((byte, at) => bytes[oid + 2 + at] === byte) &&
    (family === 0x05 || family === 0x0c)
  );
}

function contentStart(bytes: Uint8Array, at: number): number {
  const length = bytes[at + 1] ?? 0;
  return length < 0x80 ? at + 2 : at + 2 + (length & 0x7f);
}

function fromBase64(text: string): Uint8Array {
  const compact = text.replace(/\s+/gu, '').replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/u, '');
  // Only the start decides.
  const head = compact.slice(0, 128);
  if (head.length < 32 || !/^[A-Za-z0-9+/]+$/u.test(head)) return new Uint8Array();
  const binary = atob(head.slice(0, head.length - (head.length % 4)));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** Three base64url parts, of which the first is a JSON object: a token, whoever may accept it. */
const token = /eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+/gu;

/** Text without the signatures of tokens in it, for what is copied or exported. */
export function redactTokens(text: string): string {
  return text.replace(token, (found) => `${found.slice(0, found.lastIndexOf('.'))}.[signature removed]`);
}

/** The parts of a token that may be shown. The signature is never among them. */
export function shownParts(text: string): { readonly header: string; readonly payload: string } | undefined {
  const parts = text.trim().split('.');
  const [header, payload] = parts;
  return parts.length === 3 && header !== undefined && payload !== undefined
    ? { header, payload }
    : undefined;
}
