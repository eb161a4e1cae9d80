import { X509Certificate } from 'node:crypto';
import type { Client } from '@connectrpc/connect';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { LocalAuthority } from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestNetwork } from './testing/network.ts';
import { refusal, startTestNetwork } from './testing/network.ts';
import { extensionsOf, isSignedBy } from './testing/x509.ts';

let network: TestNetwork;
let authority: Client<typeof LocalAuthority>;
let bundles: Client<typeof Bundle>;

beforeEach(async () => {
  network = await startTestNetwork({ entries: 10 });
  authority = network.server(LocalAuthority);
  bundles = network.server(Bundle);
});
afterEach(() => network.stop());

/** What tells one published key from another, whatever its kind. */
const contentOf = (key: object | undefined) =>
  key && 'asn1' in key ? key.asn1 : key && 'publicKey' in key ? key.publicKey : undefined;

/** The two kinds answer alike. */
const kinds = {
  X509: {
    state: () => authority.getX509AuthorityState({}),
    prepare: () => authority.prepareX509Authority({}),
    activate: (authorityId: string) => authority.activateX509Authority({ authorityId }),
    taint: (authorityId: string) => authority.taintX509Authority({ authorityId }),
    revoke: (authorityId: string) => authority.revokeX509Authority({ authorityId }),
    published: async () => (await bundles.getBundle({})).x509Authorities,
  },
  JWT: {
    state: () => authority.getJWTAuthorityState({}),
    prepare: () => authority.prepareJWTAuthority({}),
    activate: (authorityId: string) => authority.activateJWTAuthority({ authorityId }),
    taint: (authorityId: string) => authority.taintJWTAuthority({ authorityId }),
    revoke: (authorityId: string) => authority.revokeJWTAuthority({ authorityId }),
    published: async () => (await bundles.getBundle({})).jwtAuthorities,
  },
};

for (const [kind, api] of Object.entries(kinds)) {
  describe(`${kind} authorities`, () => {
    it('go from prepared to active to old to tainted to revoked', async () => {
      const first = (await api.state()).active?.authorityId ?? '';
      const prepared = (await api.prepare()).preparedAuthority?.authorityId ?? '';
      expect(await api.state()).toMatchObject({
        active: { authorityId: first },
        prepared: { authorityId: prepared },
      });
      expect(await api.published()).toHaveLength(2);

      expect((await api.activate(prepared)).activatedAuthority?.authorityId).toBe(prepared);
      const after = await api.state();
      expect(after).toMatchObject({ active: { authorityId: prepared }, old: { authorityId: first } });
      expect(after.prepared).toBeUndefined();

      await api.taint(first);
      expect((await api.published()).map(({ tainted }) => tainted)).toEqual([true, false]);

      const { revokedAuthority } = await api.revoke(first);
      expect(revokedAuthority).toMatchObject({ authorityId: first, expiresAt: 0n });
      expect(await api.published()).toHaveLength(1);
      expect((await api.state()).old?.authorityId).toBe(first);
    });

    it('refuse a step out of turn', async () => {
      const active = (await api.state()).active?.authorityId ?? '';
      expect(await refusal(api.activate(''))).toBe('3 no authority ID provided');
      expect(await refusal(api.activate('x'))).toBe('3 unexpected authority ID');
      expect(await refusal(api.taint(active))).toBe('3 unable to taint current local authority');
      expect(await refusal(api.revoke(active))).toBe(
        '3 invalid authority ID: unable to use current authority',
      );
      const prepared = (await api.prepare()).preparedAuthority?.authorityId ?? '';
      expect(await refusal(api.revoke(prepared))).toBe(
        '3 invalid authority ID: only Old local authority can be revoked',
      );
      await api.activate(prepared);
      expect(await refusal(api.activate(active))).toBe(
        '13 only Prepared authorities can be activated: unsupported local authority status: OLD',
      );
      expect(await refusal(api.revoke(active))).toMatch(
        /^13 failed to revoke .* it is not possible to revoke an untainted/,
      );
      await api.taint(active);
      expect(await refusal(api.taint(active))).toMatch(/^13 failed to taint .* is already tainted$/);
      await api.revoke(active);
      expect(await refusal(api.revoke(active))).toMatch(/^13 failed to revoke .* found with provided/);
    });

    it('preparing twice leaves one in the bundle that no call reaches', async () => {
      const orphan = (await api.prepare()).preparedAuthority?.authorityId ?? '';
      await api.prepare();
      expect(await api.published()).toHaveLength(3);
      expect(await refusal(api.activate(orphan))).toBe('3 unexpected authority ID');
    });

    it('rotate by themselves, with an overlap in the bundle', async () => {
      const first = (await api.state()).active?.authorityId;
      const [firstPublished] = await api.published();
      const isPublished = async () =>
        (await api.published()).some(
          (one) => JSON.stringify(contentOf(one)) === JSON.stringify(contentOf(firstPublished)),
        );
      network.advance(13 * 60);
      await expect.poll(async () => (await api.state()).prepared, { timeout: 3000 }).toBeDefined();
      expect((await api.state()).active?.authorityId).toBe(first);
      network.advance(8 * 60);
      await expect.poll(async () => (await api.state()).old?.authorityId, { timeout: 3000 }).toBe(first);
      expect((await api.published()).length).toBe(2);
      network.advance(4 * 60);
      await expect.poll(isPublished, { timeout: 3000 }).toBe(false);
    });
  });
}

it('without an upstream authority its calls are refused', async () => {
  const expected = '9 upstream authority is not configured';
  expect(await refusal(authority.taintX509UpstreamAuthority({}))).toBe(expected);
  expect(await refusal(authority.revokeX509UpstreamAuthority({}))).toBe(expected);
});

it('there are no WIT authorities', async () => {
  expect(await refusal(authority.getWITAuthorityState({}))).toBe(
    '12 WIT-SVID functionality is not yet implemented',
  );
});

it('a signing certificate is what X.509-SVID asks of one', async () => {
  const [{ asn1 } = { asn1: new Uint8Array() }] = (await bundles.getBundle({})).x509Authorities;
  const root = new X509Certificate(asn1);
  expect(await isSignedBy(root, root)).toBe(true);
  expect(root.ca).toBe(true);
  expect(root.subjectAltName).toBe('URI:spiffe://harbor.example');
  // Key usage, critical: keyCertSign and cRLSign, nothing else.
  expect(extensionsOf(root).get('!551d0f')?.toString('hex')).toBe('03020106');
  const keyId = (await authority.getX509AuthorityState({})).active?.authorityId ?? '';
  expect(extensionsOf(root).get('551d0e')?.subarray(2).toString('hex')).toBe(keyId);
});
