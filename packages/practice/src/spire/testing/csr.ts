import type { KeyObject } from 'node:crypto';
import { sign } from 'node:crypto';
import * as der from '../der.ts';
import { spki } from '../x509.ts';

/** A PKCS#10 request for the given names, signed with ECDSA and SHA-256. */
export function makeSigningRequest(key: KeyObject, uris: string[], dnsNames: string[] = []): Buffer {
  const names = [
    ...dnsNames.map((name) => der.implicit(2, Buffer.from(name))),
    ...uris.map((uri) => der.implicit(6, Buffer.from(uri))),
  ];
  const alternativeNames = der.sequence(
    der.objectIdentifier('2.5.29.17'),
    der.octetString(der.sequence(...names)),
  );
  const attribute = der.sequence(
    der.objectIdentifier('1.2.840.113549.1.9.14'),
    der.set(der.sequence(alternativeNames)),
  );
  const info = der.sequence(
    der.integer(Buffer.from([0])),
    der.sequence(),
    spki(key),
    der.explicit(0, attribute),
  );
  const algorithm = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));
  return der.sequence(info, algorithm, der.bitString(sign('sha256', info, key)));
}
