import { X509Certificate } from 'node:crypto';
import { get } from 'node:https';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { TrustDomain } from '@muster/wire/gen/spire/api/server/trustdomain/v1/trustdomain_pb.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TestNetwork } from './testing/network.ts';
import { harbor, lighthouse, startTestNetwork } from './testing/network.ts';

let network: TestNetwork;
beforeEach(async () => {
  network = await startTestNetwork();
});
afterEach(() => network.stop());

interface Answer {
  names: string | undefined;
  text: string;
}

function ask(url: string, ca: string): Promise<Answer> {
  let names: string | undefined;
  return new Promise((resolve, reject) => {
    const checkServerIdentity = (
      _host: string,
      { subjectaltname }: { subjectaltname?: string | undefined },
    ) => {
      names = subjectaltname;
      return undefined;
    };
    get(url, { ca, checkServerIdentity, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ names, text: Buffer.concat(parts).toString() }));
    }).on('error', reject);
  });
}

it('the bundle endpoint is the server’s by its SVID and serves the same keys as GetBundle', async () => {
  const { bundleEndpointUrl } = await network
    .server(TrustDomain)
    .getFederationRelationship({ trustDomain: lighthouse });
  const own = await network.server(Bundle, lighthouse).getBundle({});
  const ca = new X509Certificate(own.x509Authorities[0]?.asn1 ?? new Uint8Array()).toString();
  const { names, text } = await ask(bundleEndpointUrl, ca);
  expect(names).toBe(`URI:spiffe://${lighthouse}/spire/server`);
  const document = JSON.parse(text) as {
    keys: { use: string; kid?: string; x5c?: string[]; d?: string }[];
    spiffe_refresh_hint: number;
  };
  expect(document.spiffe_refresh_hint).toBe(300);
  expect(document.keys.map(({ kid, x5c }) => kid ?? x5c?.[0])).toEqual([
    ...own.x509Authorities.map(({ asn1 }) => Buffer.from(asn1).toString('base64')),
    ...own.jwtAuthorities.map(({ keyId }) => keyId),
  ]);
  expect(document.keys.every(({ d }) => d === undefined)).toBe(true);
  const other = await network.server(Bundle, harbor).getBundle({});
  const stranger = new X509Certificate(other.x509Authorities[0]?.asn1 ?? new Uint8Array()).toString();
  await expect(ask(bundleEndpointUrl, stranger)).rejects.toThrow();
});
