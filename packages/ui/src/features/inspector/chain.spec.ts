import { judge, nearestSigner, type NearKey } from '@muster/domain';
import {
  bundleOf,
  jwkOf,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  NOW,
  pem,
  x509Entry,
} from '@muster/domain/testing/certificates';
import { describe, expect, it } from 'vitest';
import { breaksOf, chainOf } from './chain.ts';

const web = 'spiffe://org-a.test/web';
const bytes = (text: string) => new TextEncoder().encode(text);
const authority = await makeAuthority('org-a.test');
const key = await makeKey();
const bundle = bundleOf([await x509Entry(authority), await jwkOf(key, { use: 'jwt-svid', kid: 'k1' })]);
const context = { bundle: { trustDomain: 'org-a.test', note: 'sequence 1, spire-a' } };

async function chain(input: Uint8Array, given: Uint8Array | null = bundle) {
  const bundles = new Map(given ? [['org-a.test', given]] : []);
  const judgement = await judge({ kind: 'x509-svid', input, bundles, at: NOW });
  return chainOf(judgement, given ? context : { bundle: undefined });
}
const shape = (steps: Awaited<ReturnType<typeof chain>>) =>
  steps.map(({ node, link }) => [node.role, link && `${link.state}: ${link.label}`]);
const clauses = (steps: Awaited<ReturnType<typeof chain>>) =>
  breaksOf(steps).map(({ place, problem }) => `${problem.clause} ${place}`);

describe('a chain of certificates', () => {
  it('holds from leaf to bundle', async () => {
    const middle = await makeAuthority('org-a.test', { subject: 'Middle', parent: authority });
    const leaf = await makeLeaf(middle, web);
    const steps = await chain(pem(leaf.der, middle.der));
    expect(shape(steps)).toEqual([
      ['leaf', 'holds: signed by'],
      ['intermediate', 'holds: signed by'],
      ['authority in the bundle', 'holds: in'],
      ['bundle', undefined],
    ]);
    expect(clauses(steps)).toEqual([]);
    expect(steps[0]?.node).toMatchObject({
      title: '/web',
      whole: web,
      trustDomain: 'org-a.test',
      note: 'EC P-256',
      facts: { serial: '1234', issuer: 'CN=Middle', keyType: 'EC P-256' },
    });
    expect(steps[1]?.node).toMatchObject({ title: 'CN=Middle', note: 'EC P-256 · CA' });
  });
  it('breaks at the link when the signature is another’s', async () => {
    const twin = await makeAuthority('org-a.test');
    const steps = await chain(pem((await makeLeaf(twin, web)).der));
    expect(shape(steps)[0]).toEqual(['leaf', 'broken: not signed by']);
    expect(clauses(steps)).toEqual(['X-15 between the leaf and the authority in the bundle']);
    expect(steps[0]?.node.problems).toEqual([]);
  });
  it('breaks at the certificate that has expired, and the link holds', async () => {
    const leaf = await makeLeaf(authority, web, { notAfter: new Date(NOW.getTime() - 1000) });
    const steps = await chain(leaf.der);
    expect(shape(steps)[0]).toEqual(['leaf', 'holds: signed by']);
    expect(clauses(steps)).toEqual(['X-16 at the leaf']);
  });
  it('ends in nothing: the authority that is needed is named', async () => {
    const stranger = await makeAuthority('org-a.test', { subject: 'Stranger' });
    const steps = await chain((await makeLeaf(stranger, web)).der);
    expect(shape(steps)).toEqual([
      ['leaf', 'broken: not signed by'],
      ['authority', 'broken: not in'],
      ['bundle', undefined],
    ]);
    expect(steps[1]?.node).toMatchObject({ missing: true, note: 'needed: CN=Stranger' });
    expect(clauses(steps)).toEqual(['X-15 between the leaf and the authority']);
  });
  it('without a bundle is unknown, not broken', async () => {
    const steps = await chain((await makeLeaf(authority, web)).der, null);
    expect(shape(steps)[0]).toEqual(['leaf', 'unknown: signed by?']);
    expect(clauses(steps)).toEqual(['X-14 between the leaf and the authority']);
    expect(steps.at(-1)?.node).toMatchObject({ missing: true, title: 'org-a.test' });
  });
});

it('the key that did sign stands where the bundle has none', async () => {
  const other = await makeAuthority('org-b.test');
  const input = pem((await makeLeaf(other, web)).der);
  const judgement = await judge({
    kind: 'x509-svid',
    input,
    bundles: new Map([['org-a.test', bundle]]),
    at: NOW,
  });
  const known = [{ trustDomain: 'org-b.test', source: 'spire-b', bytes: bundleOf([await x509Entry(other)]) }];
  const near = await nearestSigner({ kind: 'x509-svid', input, known });
  const steps = chainOf(judgement, { ...context, signer: near?.keys[0] });
  expect(shape(steps)).toEqual([
    ['leaf', 'broken: signed by'],
    ['authority of another trust domain', 'broken: not in'],
    ['bundle', undefined],
  ]);
  expect(steps[1]?.node).toMatchObject({
    title: 'CN=CA org-b.test',
    trustDomain: 'org-b.test',
    missing: true,
  });
});

describe('a token', () => {
  const token = async (signer: typeof key, exp: number) =>
    bytes(
      await makeToken(signer, { alg: 'ES256', kid: 'k1' }, { sub: web, aud: ['a'], iat: exp - 300, exp }),
    );
  const seconds = NOW.getTime() / 1000;
  const steps = async (input: Uint8Array, signer?: NearKey) =>
    chainOf(
      await judge({
        kind: 'jwt-svid',
        input,
        bundles: new Map([['org-a.test', bundle]]),
        audience: 'a',
        at: NOW,
      }),
      { ...context, signer },
    );
  it('leads to the key of the bundle', async () => {
    const held = await steps(await token(key, seconds + 100));
    expect(shape(held)).toEqual([
      ['token', 'holds: signed by'],
      ['authority in the bundle', 'holds: in'],
      ['bundle', undefined],
    ]);
    expect(held[0]?.node).toMatchObject({ note: 'ES256 · for a', selects: 'token' });
    expect(held[1]?.node).toMatchObject({ title: 'k1', note: 'EC P-256', missing: false });
  });
  it('breaks at its time, or at its signature', async () => {
    expect(clauses(await steps(await token(key, seconds - 10)))).toEqual(['J-12 at the token']);
    const forged = await token(await makeKey(), seconds + 10);
    expect(clauses(await steps(forged))).toEqual(['J-14 between the token and the authority']);
    // The bundle has the key that it names: the picture does not say that it is not there.
    const known = [{ trustDomain: 'org-a.test', source: 'spire-a', bytes: bundle, chosen: true }];
    const near = await nearestSigner({ kind: 'jwt-svid', input: forged, known });
    expect(shape(await steps(forged, near?.keys[0]))).toEqual([
      ['token', 'broken: not signed by'],
      ['authority in the bundle', 'holds: in'],
      ['bundle', undefined],
    ]);
  });
  it('without a bundle does not say that nobody signed it', async () => {
    const input = await token(key, seconds + 100);
    const judgement = await judge({ kind: 'jwt-svid', input, bundles: new Map(), audience: 'a', at: NOW });
    expect(shape(chainOf(judgement, { bundle: undefined }))[0]).toEqual(['token', 'unknown: signed by?']);
  });
});

it('is empty for what has no chain', async () => {
  const judgement = await judge({ kind: 'bundle', input: bundle, bundles: new Map(), at: NOW });
  expect(chainOf(judgement, context)).toEqual([]);
});
