import { decodeBase64 } from './base64.ts';
import { type Bytes, ownBytes, toLatin1, trimPasted } from './bytes.ts';
import { detectKind, isPrivateDer } from './detect.ts';
import { limits } from './limits.ts';
import { jsonParts } from './pairing-json.ts';
import {
  bundlePart,
  certificatePart,
  nothing,
  type Part,
  pemBytes,
  tokenPart,
  workloadJwks,
} from './pairing-part.ts';
import { type KeyFacts, privateKeyFacts } from './pairing-private-key.ts';
import type { GivenFile } from './pairing-types.ts';
import { looksLikePem, parsePem } from './pem.ts';

/** Takes one file apart: what it holds, each by itself. A private key is never left in another part. */
export async function takeApart({ name, bytes }: GivenFile): Promise<readonly Part[]> {
  if (bytes.length > limits.bundleBytes)
    return [
      nothing(
        'too-large',
        `It is larger than ${limits.bundleBytes / 1024 / 1024} MiB, which no document is.`,
      ),
    ];
  const raw = ownBytes(bytes);
  const input = trimPasted(raw);
  if (input.length === 0) return [nothing('empty', 'It is empty.')];
  if (input[0] === 0x7b || input[0] === 0x5b) {
    const parts = await jsonParts(input);
    if (parts) return parts;
  }
  if (looksLikePem(input)) return pemParts(name, input);
  if (isPrivateDer(raw)) return [{ type: 'key', bytes: raw, facts: await privateKeyFacts(raw) }];
  const printed = fetchedJwt(input);
  if (printed) return printed;
  const bare = decodeBase64(toLatin1(input).replace(/\s+/gu, ''));
  if (bare && isPrivateDer(bare)) return [{ type: 'key', bytes: bare, facts: await privateKeyFacts(bare) }];
  return [otherPart(name, raw)];
}

function otherPart(name: string, raw: Bytes): Part {
  const found = detectKind(raw);
  if (found.kind === 'private-key')
    return nothing('private-key', 'It is a private key of a form that is not known here.');
  if (found.kind === 'unknown')
    return nothing('unknown', 'It is no SVID, no token, no bundle, no key and no SPIFFE ID.');
  const { kind, input } = found;
  if (kind === 'x509-svid') return certificatePart(name, input);
  if (kind === 'jwt-svid' || kind === 'wit-svid') return tokenPart(kind, input);
  if (kind === 'bundle') return bundlePart(input);
  return { type: 'document', kind, input };
}

async function pemParts(name: string, input: Bytes): Promise<readonly Part[]> {
  const pem = parsePem(input);
  const hasKey = /PRIVATE KEY/u.test(toLatin1(input));
  if (!pem.ok) {
    if (!hasKey) return [{ type: 'chain', input }];
    return [nothing('private-key', `It holds a private key, and cannot be read. ${pem.problem.message}`)];
  }
  // OpenSSL writes the curve as a block of its own before an EC key.
  const blocks = pem.value.filter(({ label }) => label !== 'EC PARAMETERS');
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const others = blocks.filter(({ label }) => !label.endsWith('PRIVATE KEY'));
  const parts: Part[] = [];
  if (others.some(({ label }) => label === 'CERTIFICATE'))
    // Without a key in it the very file is judged; with one, what is left of it.
    parts.push(certificatePart(name, hasKey ? pemBytes(others) : input));
  else if (others[0]) parts.push(nothing('unknown', strangeBlock(others[0].label)));
  for (const key of keys) {
    const bytes = pemBytes([key]);
    const facts: KeyFacts =
      key.label === 'OPENSSH PRIVATE KEY'
        ? { words: 'an OpenSSH private key', why: 'SVIDs do not use that form' }
        : await privateKeyFacts(key.bytes);
    parts.push({ type: 'key', bytes, facts });
  }
  if (parts.length === 0) parts.push(nothing('unknown', 'There is no certificate in it.'));
  return parts;
}

function strangeBlock(label: string): string {
  if (label.endsWith('CERTIFICATE REQUEST')) return 'It is a request for a certificate, not a certificate.';
  if (label.endsWith('PUBLIC KEY')) return 'It is a public key: nothing in it says whose.';
  if (label === 'X509 CRL') return 'It is a revocation list; SPIFFE does not use them.';
  return 'There is no certificate in it.';
}

/** What `spire-agent api fetch jwt` prints: `token(ID):`, the token, and `bundle(ID):` with its keys, each indented below. */
function fetchedJwt(input: Bytes): readonly Part[] | undefined {
  const text = toLatin1(input);
  if (!/^(?:token|bundle)\(spiffe:\/\//mu.test(text)) return undefined;
  const parts: Part[] = [];
  for (const section of text.split(/^(?=(?:token|bundle)\(spiffe:\/\/[^)\n]*\):\s*$)/mu)) {
    const head = /^(token|bundle)\(spiffe:\/\/([^/)\n]*)[^)\n]*\):\s*\n([\s\S]*)$/u.exec(section);
    const [, what, trustDomain, body] = head ?? [];
    if (what === undefined || trustDomain === undefined || body === undefined) continue;
    const inner = trimPasted(ownBytes(Uint8Array.from(body, (char) => char.charCodeAt(0))));
    if (what === 'token') parts.push(tokenPart('jwt-svid', inner));
    else parts.push(workloadJwks(inner, trustDomain));
  }
  return parts.length > 0 ? parts : undefined;
}
