import { type Bytes, toLatin1 } from './bytes.ts';
import type { Certificate } from './certificate.ts';

/** The URI names of every SAN extension, as bytes: text would hide what is inside. */
export function uriNames(certificate: Certificate): readonly Bytes[] {
  return certificate.extensions.altNames.flatMap((name) => (name.kind === 'uri' ? [name.bytes] : []));
}

export function dnsNames(certificate: Certificate): readonly string[] {
  return certificate.extensions.altNames.flatMap((name) => (name.kind === 'dns' ? [name.text] : []));
}

/** URI names with the scheme `spiffe`, in any case. */
export function spiffeNames(certificate: Certificate): readonly Bytes[] {
  return uriNames(certificate).filter((uri) => toLatin1(uri.subarray(0, 7)).toLowerCase() === 'spiffe:');
}
