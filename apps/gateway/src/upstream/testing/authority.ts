import { generateKeyPairSync } from 'node:crypto';
import { issueAuthority, issueLeaf, spki, subjectKeyId } from '@muster/practice/spire/x509';

export interface TestLeaf {
  der: Uint8Array;
  /** PKCS#8 DER. */
  key: Uint8Array;
}

/** A signing authority of a trust domain, made for one test. */
export interface TestAuthority {
  trustDomain: string;
  der: Uint8Array;
  leaf: (spiffeId: string, more?: { from?: number; to?: number; dnsNames?: string[] }) => TestLeaf;
}

const hour = 3_600_000;

export function testAuthority(trustDomain: string): TestAuthority {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = {
    name: { country: 'US', organization: 'SPIFFE' },
    key: privateKey,
    subjectKeyId: subjectKeyId(spki(privateKey)),
  };
  const validity = { notBefore: new Date(Date.now() - hour), notAfter: new Date(Date.now() + hour) };
  return {
    trustDomain,
    der: issueAuthority(trustDomain, issuer, validity),
    leaf(spiffeId, { from = Date.now() - hour, to = Date.now() + hour, dnsNames = [] } = {}) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        der: issueLeaf({ spiffeId, publicKey: spki(pair.privateKey), dnsNames }, issuer, {
          notBefore: new Date(from),
          notAfter: new Date(to),
        }),
        key: pair.privateKey.export({ format: 'der', type: 'pkcs8' }),
      };
    },
  };
}
