import { X509Certificate } from 'node:crypto';
import { children, readDer } from '../der.ts';

/** The certificates of a concatenation of DER. */
export function splitCertificates(bytes: Uint8Array): X509Certificate[] {
  const all = Buffer.from(bytes);
  const found: X509Certificate[] = [];
  for (let offset = 0; offset < all.length;) {
    const { raw } = readDer(all, offset);
    found.push(new X509Certificate(raw));
    offset += raw.length;
  }
  return found;
}

/** Whether `issuer` signed `certificate`, by WebCrypto alone. Both have P-256 keys. */
export async function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): Promise<boolean> {
  const [toBeSigned, , signature] = children(readDer(certificate.raw));
  if (!toBeSigned || !signature) return false;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const spki = issuer.publicKey.export({ type: 'spki', format: 'der' });
  const key = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify']);
  // WebCrypto wants r and s at 32 bytes each, X.509 has them as DER integers.
  const halves = children(readDer(signature.content.subarray(1))).map(({ content }) => {
    const half = Buffer.alloc(32);
    content.subarray(-32).copy(half, 32 - Math.min(32, content.length));
    return half;
  });
  return crypto.subtle.verify(
    { name: 'ECDSA', hash: 'SHA-256' },
    key,
    Buffer.concat(halves),
    new Uint8Array(toBeSigned.raw),
  );
}

/** The X.509v3 extensions by OID, as hex of their values; critical ones marked with `!`. */
export function extensionsOf(certificate: X509Certificate): Map<string, Buffer> {
  const tbs = children(readDer(certificate.raw))[0];
  const holder = tbs && children(tbs).find(({ tag }) => tag === 0xa3);
  const list = holder && children(holder)[0];
  const found = new Map<string, Buffer>();
  for (const extension of list ? children(list) : []) {
    const parts = children(extension);
    const critical = parts.length === 3 ? '!' : '';
    const value = parts.at(-1);
    if (parts[0] && value) found.set(critical + parts[0].content.toString('hex'), value.content);
  }
  return found;
}
