import { createPublicKey } from 'node:crypto';
import { toBinary } from '@bufbuild/protobuf';
import { judge } from '@muster/domain';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import type { X509SVIDResponse } from '@muster/wire/gen/workload/workload_pb.js';
import { SpiffeWorkloadAPI, X509SVIDResponseSchema } from '@muster/wire/gen/workload/workload_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestNetwork } from './testing/network.ts';
import { harbor, lighthouse, securityHeader, startTestNetwork } from './testing/network.ts';

let network: TestNetwork;
let response: X509SVIDResponse;
let bundles: Map<string, Uint8Array>;

beforeAll(async () => {
  network = await startTestNetwork();
  for await (const message of network.workload(SpiffeWorkloadAPI).fetchX509SVID({}, securityHeader)) {
    response = message;
    break;
  }
  bundles = new Map();
  for (const name of [harbor, lighthouse]) bundles.set(name, await bundleDocument(name));
});
afterAll(() => network.stop());

/** The bundle of a trust domain as its endpoint would serve it: SPIFFE Trust Domain and Bundle §4. */
async function bundleDocument(trustDomain: string): Promise<Uint8Array> {
  const bundle = await network.server(Bundle, trustDomain).getBundle({});
  const jwk = (der: string | Uint8Array) =>
    createPublicKey(
      typeof der === 'string' ? der : { key: Buffer.from(der), format: 'der', type: 'spki' },
    ).export({
      format: 'jwk',
    });
  const keys = [
    ...bundle.x509Authorities.map(({ asn1 }) => {
      const encoded = Buffer.from(asn1).toString('base64');
      const pem = `-----BEGIN CERTIFICATE-----\n${encoded}\n-----END CERTIFICATE-----\n`;
      return { ...jwk(pem), use: 'x509-svid', x5c: [encoded] };
    }),
    ...bundle.jwtAuthorities.map(({ publicKey, keyId }) => ({
      ...jwk(publicKey),
      use: 'jwt-svid',
      kid: keyId,
    })),
  ];
  return Buffer.from(
    JSON.stringify({ keys, spiffe_sequence: Number(bundle.sequenceNumber), spiffe_refresh_hint: 300 }),
  );
}

const judged = (kind: Parameters<typeof judge>[0]['kind'], input: Uint8Array, more: object = {}) =>
  judge({ kind, input, bundles, trustDomain: harbor, at: new Date(), ...more });

describe('the rule sheet finds no fault with', () => {
  it('the X.509-SVIDs and their keys', async () => {
    for (const { x509Svid, x509SvidKey } of response.svids)
      expect(await judged('x509-svid-keypair', x509Svid, { key: x509SvidKey })).toMatchObject({
        verdict: 'valid',
        fails: [],
      });
  });

  it('the whole response', async () => {
    const message = toBinary(X509SVIDResponseSchema, response);
    expect(await judged('workload-x509-response', message)).toMatchObject({ verdict: 'valid', fails: [] });
  });

  it('the JWT-SVIDs', async () => {
    const { svids } = await network
      .workload(SpiffeWorkloadAPI)
      .fetchJWTSVID({ audience: ['a'] }, securityHeader);
    for (const { svid } of svids)
      expect(await judged('jwt-svid', Buffer.from(svid), { audience: 'a' })).toMatchObject({
        verdict: 'valid',
        fails: [],
      });
  });

  it('the bundles', async () => {
    for (const bundle of bundles.values())
      expect(await judged('bundle', bundle)).toMatchObject({ verdict: 'valid', fails: [] });
  });
});
