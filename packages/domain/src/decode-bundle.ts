import { type Bundle, type BundleEntry, isJsonNumber } from './bundle.ts';
import { toHex, utf8Encode } from './bytes.ts';
import { decodeCertificate } from './decode-certificate.ts';
import type { DecodedBundle, DecodedBundleKey } from './decoded.ts';
import { sha256 } from './digest.ts';
import { escapeText } from './display.ts';
import { describeKey, type PublicKey, toJwk } from './public-key.ts';

/** Keys beyond this many are counted, not described: nobody reads them and each costs a digest. */
const KEYS_SHOWN = 1000;

export async function decodeBundle(bundle: Bundle): Promise<DecodedBundle> {
  const keys: DecodedBundleKey[] = [];
  for (const entry of bundle.entries.slice(0, KEYS_SHOWN)) keys.push(await decodeEntry(entry));
  return {
    ...number('sequence', bundle, 'spiffe_sequence'),
    ...number('refreshHint', bundle, 'spiffe_refresh_hint'),
    keys,
    keyCount: bundle.entries.length,
  };
}

function number<K extends string>(name: K, bundle: Bundle, member: string): { [P in K]?: string } {
  const value = bundle.document?.get(member);
  return isJsonNumber(value) ? ({ [name]: value.raw.slice(0, 100) } as { [P in K]?: string }) : {};
}

async function decodeEntry(entry: BundleEntry): Promise<DecodedBundleKey> {
  const use = entry.jwk?.get('use');
  const kty = entry.jwk?.get('kty');
  const certificate = entry.certificate && (await decodeCertificate(entry.certificate));
  const print = certificate?.fingerprint ?? (entry.key && (await thumbprint(entry.key)));
  return {
    use: entry.use ?? (typeof use === 'string' ? escapeText(use.slice(0, 100)) : ''),
    ...(entry.keyId === undefined ? {} : { keyId: escapeText(entry.keyId.slice(0, 256)) }),
    keyType:
      certificate?.keyType ??
      (entry.key ? describeKey(entry.key) : typeof kty === 'string' ? escapeText(kty.slice(0, 40)) : ''),
    ...(print === undefined ? {} : { fingerprint: print }),
    ...(certificate ? { certificate } : {}),
    usable: entry.ignored === undefined,
    ...(entry.ignored === undefined ? {} : { note: entry.ignored }),
  };
}

/** RFC 7638: SHA-256 over the required members in the order of their names. */
export async function thumbprint(key: PublicKey): Promise<string | undefined> {
  const jwk = toJwk(key);
  if (!jwk) return undefined;
  const { crv, e, kty, n, x, y } = jwk;
  return toHex(await sha256(utf8Encode(JSON.stringify({ crv, e, kty, n, x, y }))));
}
