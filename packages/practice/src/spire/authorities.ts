import type { KeyObject } from 'node:crypto';
import { createHash, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { Bundle } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import { BundleSchema } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import type { Authority } from './authority-slots.ts';
import { AuthoritySlots } from './authority-slots.ts';
import type { Clock } from './clock.ts';
import type { Signal } from './signal.ts';
import type { Issuer, Validity } from './x509.ts';
import { issueAuthority, spki, subjectKeyId } from './x509.ts';

export interface X509Authority extends Authority {
  certificate: Buffer;
  /** Absent when the key is not ours. */
  issuer?: Issuer;
}

export interface JwtAuthority extends Authority {
  /** DER SubjectPublicKeyInfo. */
  publicKey: Buffer;
  /** Absent when the key is not ours. */
  key?: KeyObject;
}

/** Clocks differ a little: a certificate is valid from shortly before it was issued. */
const backdateSeconds = 10;

/** The signing keys of one trust domain and the bundle they make. */
export class Authorities {
  readonly x509: AuthoritySlots<X509Authority>;
  readonly jwt: AuthoritySlots<JwtAuthority>;
  readonly trustDomain: string;
  private sequenceNumber = 1n;

  constructor(trustDomain: string, lifetime: number, clock: Clock, changes: Signal) {
    this.trustDomain = trustDomain;
    const changed = () => {
      this.sequenceNumber++;
      changes.emit();
    };
    this.x509 = new AuthoritySlots(
      () => makeX509Authority(trustDomain, clock.seconds(), lifetime),
      {
        kind: 'X.509',
        alreadyTainted: 'root CA is already tainted',
        untainted: 'it is not possible to revoke an untainted root CA',
        unknown: 'no root CA found with provided subject key ID',
      },
      changed,
    );
    this.jwt = new AuthoritySlots(
      () => makeJwtAuthority(clock.seconds(), lifetime),
      {
        kind: 'JWT',
        alreadyTainted: 'JWT Key is already tainted',
        untainted: 'it is not possible to revoke an untainted key',
        unknown: 'no JWT Key found with provided key ID',
      },
      changed,
    );
  }

  rotate(now: number): void {
    this.x509.rotate(now);
    this.jwt.rotate(now);
  }

  bundle(): Bundle {
    return create(BundleSchema, {
      trustDomain: this.trustDomain,
      x509Authorities: this.x509.published.map(({ certificate, tainted }) => ({
        asn1: certificate,
        tainted,
      })),
      jwtAuthorities: this.jwt.published.map(({ id, publicKey, expiresAt, tainted }) => ({
        keyId: id,
        publicKey,
        expiresAt: BigInt(expiresAt),
        tainted,
      })),
      sequenceNumber: this.sequenceNumber,
    });
  }
}

export const makeKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export function makeX509Authority(trustDomain: string, now: number, lifetime: number): X509Authority {
  const key = makeKey();
  const keyId = subjectKeyId(spki(key));
  const serialNumber = BigInt(`0x${randomBytes(8).toString('hex')}`).toString();
  const issuer = { key, subjectKeyId: keyId, name: { country: 'US', organization: 'SPIFFE', serialNumber } };
  const certificate = issueAuthority(trustDomain, issuer, period(now, lifetime));
  return {
    id: keyId.toString('hex'),
    notBefore: now,
    expiresAt: now + lifetime,
    tainted: false,
    certificate,
    issuer,
  };
}

export function makeJwtAuthority(now: number, lifetime: number): JwtAuthority {
  const key = makeKey();
  const id = randomBytes(24).toString('base64url');
  return { id, notBefore: now, expiresAt: now + lifetime, tainted: false, key, publicKey: spki(key) };
}

/** A root made elsewhere, as AppendBundle brings it. Throws when it is not a certificate. */
export function foreignX509Authority(der: Uint8Array, tainted: boolean): X509Authority {
  const certificate = Buffer.from(der);
  const parsed = new X509Certificate(certificate);
  const seconds = (date: string) => Math.floor(Date.parse(date) / 1000);
  return {
    id: createHash('sha1').update(certificate).digest('hex'),
    notBefore: seconds(parsed.validFrom),
    expiresAt: seconds(parsed.validTo),
    tainted,
    certificate,
  };
}

export const period = (from: number, seconds: number): Validity => ({
  notBefore: new Date((from - backdateSeconds) * 1000),
  notAfter: new Date((from + seconds) * 1000),
});
