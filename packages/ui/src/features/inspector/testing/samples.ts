import { ConnectionKind, ConnectionService, SvidService, TrustDomainService } from '@muster/api';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createRouterTransport } from '@connectrpc/connect';
import {
  altNames,
  basicConstraints,
  bundleOf,
  extendedKeyUsage,
  jwkOf,
  keyUsage,
  leafExtensions,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  pem,
  pemOf,
  pkcs8,
  uriName,
  x509Entry,
} from '@muster/domain/testing/certificates';
import { OID } from '@muster/domain/oid';

const hour = 3_600_000;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Documents of one trust domain, freshly signed, valid for an hour from now. */
export async function makeSamples() {
  const now = Date.now();
  const span = { notBefore: new Date(now - hour), notAfter: new Date(now + hour) };
  const authority = await makeAuthority('org-a.test', { ...span, notAfter: new Date(now + 24 * hour) });
  const middle = await makeAuthority('org-a.test', { ...span, subject: 'Intermediate', parent: authority });
  const stranger = await makeAuthority('org-a.test', span);
  const leaf = await makeLeaf(authority, 'spiffe://org-a.test/web', span);
  const below = await makeLeaf(middle, 'spiffe://org-a.test/ns/shop/sa/checkout', span);
  const expired = await makeLeaf(authority, 'spiffe://org-a.test/old', {
    notBefore: new Date(now - 2 * hour),
    notAfter: new Date(now - 180_000),
  });
  const foreign = await makeLeaf(stranger, 'spiffe://org-a.test/forged', span);
  const lenient = await makeLeaf(authority, 'spiffe://org-a.test/lenient', {
    ...span,
    extensions: [
      altNames([uriName('spiffe://org-a.test/lenient')], true),
      basicConstraints(false),
      keyUsage([0], false),
      extendedKeyUsage(OID.serverAuth, OID.clientAuth),
    ],
  });
  const jwtKey = await makeKey();
  const bundle = text(
    bundleOf([await x509Entry(authority), await jwkOf(jwtKey, { use: 'jwt-svid', kid: 'k1' })], {
      spiffe_sequence: 14,
    }),
  );
  const seconds = Math.floor(now / 1000);
  const claims = {
    sub: 'spiffe://org-a.test/web',
    aud: ['slim-demo'],
    iat: seconds - 120,
    exp: seconds + 180,
  };
  const header = { alg: 'ES256', kid: 'k1', typ: 'JWT' };
  return {
    leaf: text(pem(leaf.der)),
    chain: text(pem(below.der, middle.der)),
    expired: text(pem(expired.der)),
    foreign: text(pem(foreign.der)),
    lenient: text(pem(lenient.der)),
    authority: text(pem(authority.der)),
    strange: text(pem(stranger.der)),
    bundle,
    // Before the authority was rotated.
    olderBundle: text(bundleOf([await x509Entry(stranger)], { spiffe_sequence: 13 })),
    token: await makeToken(jwtKey, header, claims),
    expiredToken: await makeToken(jwtKey, header, { ...claims, iat: seconds - 500, exp: seconds - 200 }),
    key: text(pemOf('PRIVATE KEY', await pkcs8(leaf.key))),
    span,
    extensions: leafExtensions,
  };
}

export type Samples = Awaited<ReturnType<typeof makeSamples>>;

/** When the fake server's bundle changed last. */
export const rotated = new Date(Date.now() - hour);

/** An audience for which the Workload API refuses a token. */
export const refusedAudience = 'refused';

/** A gateway with one SPIRE server and one Workload API. */
export function fakeInspector(samples: Samples) {
  return createRouterTransport(({ service }) => {
    service(ConnectionService, {
      listConnections: () => ({
        connections: [
          { name: 'spire-a', kind: ConnectionKind.SPIRE_SERVER },
          { name: 'workload-a', kind: ConnectionKind.WORKLOAD_API },
        ],
      }),
    });
    service(TrustDomainService, {
      listBundles: () => ({
        bundles: [
          {
            trustDomain: 'org-a.test',
            connection: 'spire-a',
            own: true,
            sequenceNumber: 14n,
            spiffeJson: samples.bundle,
            readAt: timestampFromDate(new Date(Date.now() - 120_000)),
            versions: [timestampFromDate(rotated), timestampFromDate(new Date(rotated.getTime() - hour))],
          },
          {
            trustDomain: 'org-b.test',
            connection: 'spire-a',
            own: false,
            sequenceNumber: 3n,
            spiffeJson: '{"keys":[]}',
          },
        ],
      }),
      getBundle: ({ connection, trustDomain, at }) => ({
        bundle: { connection, trustDomain, spiffeJson: samples.olderBundle, ...(at && { readAt: at }) },
      }),
    });
    service(SvidService, {
      listSvids: () => ({
        svids: [
          {
            connection: 'workload-a',
            spiffeId: 'spiffe://org-a.test/web',
            chainPem: samples.leaf,
            receivedAt: timestampFromDate(new Date(Date.now() - 65_000)),
          },
        ],
        bundlesPem: { 'org-a.test': samples.authority },
      }),
      fetchJwtSvid: ({ audience }) => {
        if (audience === refusedAudience) throw new ConnectError('no identity issued', Code.PermissionDenied);
        return {
          token: samples.token,
          spiffeId: 'spiffe://org-a.test/web',
          bundlesJson: { 'org-a.test': samples.bundle },
        };
      },
    });
  });
}
