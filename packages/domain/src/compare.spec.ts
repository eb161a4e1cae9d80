import { describe, expect, it } from 'vitest';
import { utf8Encode } from './bytes.ts';
import { compare, compareLines } from './compare.ts';
import { span, type ComparedField, type Comparison } from './compare-types.ts';
import type { Kind } from './judge-types.ts';
import {
  altNames,
  basicConstraints,
  bundleOf,
  dnsName,
  jwkOf,
  leafExtensions,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  NOW,
  pem,
  pemOf,
  pkcs8,
  type TestExtension,
  uriName,
  x509Entry,
} from './testing/certificates.ts';

const of = (kind: Kind) => (left: Uint8Array | string, right: Uint8Array | string) => {
  const bytes = (one: Uint8Array | string) => (typeof one === 'string' ? utf8Encode(one) : one);
  return compare({ kind, input: bytes(left) }, { kind, input: bytes(right) });
};
const certificates = of('x509-svid');
const tokens = of('jwt-svid');
const bundles = of('bundle');

function fields(comparison: Comparison): readonly ComparedField[] {
  if (!comparison.comparable) throw new Error(comparison.why);
  return comparison.fields;
}
const differing = (comparison: Comparison) =>
  fields(comparison)
    .filter(({ state }) => state !== 'equal')
    .map(({ name }) => name);
const field = (comparison: Comparison, name: string, group?: string) =>
  fields(comparison).find((one) => one.name === name && (group === undefined || one.group === group));

const web = 'spiffe://org-a.test/web';
const hour = 3_600_000;
const at = (hours: number) => new Date(NOW.getTime() + hours * hour);
const authority = await makeAuthority('org-a.test');
const key = await makeKey();
const base = { key, serial: 1, notBefore: at(-1), notAfter: at(1) };
const leaf = async (options: Partial<Parameters<typeof makeLeaf>[2]> = {}, id = web) =>
  (await makeLeaf(authority, id, { ...base, ...options })).der;

describe('certificates', () => {
  it('that are the same bytes have no difference', async () => {
    const one = await leaf();
    const comparison = await certificates(one, one);
    expect(comparison).toMatchObject({ identical: true, differences: 0, what: 'certificates' });
    expect(fields(comparison).every(({ state }) => state === 'equal')).toBe(true);
  });
  it('of one rotation differ in serial, key and time, as they should', async () => {
    const comparison = await certificates(
      await leaf(),
      await leaf({ serial: 2, key: await makeKey(), notBefore: at(0), notAfter: at(2) }),
    );
    expect(differing(comparison)).toEqual([
      'Serial',
      'Public key, SHA-256',
      'Not before',
      'Not after',
      'SHA-256',
    ]);
    expect(field(comparison, 'Public key, SHA-256')).toMatchObject({
      tone: 'good',
      meaning: 'A new key, as after a rotation.',
    });
    expect(field(comparison, 'Valid for')).toMatchObject({ state: 'equal', left: '2 h' });
    expect(field(comparison, 'Gap')).toBeUndefined();
  });
  it.each<[string, Parameters<typeof leaf>[0], string, string, string]>([
    ['a key that was kept', { serial: 2 }, 'Public key, SHA-256', 'equal', 'The key was kept'],
    ['a serial used twice', { notAfter: at(1.5) }, 'Serial', 'equal', 'one serial: RFC 5280 4.1.2.2'],
    ['a longer validity', { serial: 2, notAfter: at(5) }, 'Valid for', 'changed', 'Longer by 4 h.'],
    ['a shorter one', { serial: 2, notAfter: at(0) }, 'Valid for', 'changed', 'Shorter by 1 h.'],
    ['a gap', { serial: 2, notBefore: at(2), notAfter: at(3) }, 'Gap', 'changed', 'there were 1 h in which'],
  ])('tell of %s', async (_what, options, name, state, words) => {
    const comparison = await certificates(await leaf(), await leaf(options));
    expect(field(comparison, name)).toMatchObject({ state, meaning: expect.stringContaining(words) });
  });
  it('of two workloads, with other names, or that became a CA', async () => {
    const named = (...extensions: TestExtension[]) =>
      leaf({ serial: 2, extensions: [...extensions, ...leafExtensions(web).slice(2)] });
    const other = await certificates(await leaf(), await leaf({ serial: 2 }, 'spiffe://org-a.test/db'));
    expect(field(other, 'SPIFFE ID')).toMatchObject({ state: 'changed', tone: 'bad' });
    const dns = await certificates(
      await leaf(),
      await named(altNames([uriName(web), dnsName('web.test')], true), basicConstraints(false)),
    );
    expect(field(dns, 'DNS names')).toMatchObject({ state: 'added', right: 'web.test', tone: 'look' });
    const uris = await certificates(
      await leaf(),
      await named(altNames([uriName(web), uriName('spiffe://x.test/y')], true), basicConstraints(false)),
    );
    expect(field(uris, 'Other URI names')?.tone).toBe('bad');
    const ca = await certificates(
      await leaf(),
      await named(altNames([uriName(web)], true), basicConstraints(true)),
    );
    expect(field(ca, 'CA')).toMatchObject({ left: 'no', right: 'yes', tone: 'bad' });
  });
  it('of another authority of the same name: it was rotated', async () => {
    const twin = await makeAuthority('org-a.test', { key: await makeKey() });
    const comparison = await certificates(await leaf(), (await makeLeaf(twin, web, base)).der);
    // Without key identifiers only the bytes tell.
    expect(differing(comparison)).toEqual(['SHA-256']);
  });
  it('with one intermediate more', async () => {
    const middle = await makeAuthority('org-a.test', { subject: 'Middle', parent: authority });
    const one = await leaf();
    const comparison = await certificates(pem(one), pem(one, middle.der));
    expect(differing(comparison)).toEqual(['Certificate']);
    expect(field(comparison, 'Certificate', 'Intermediate 1')).toMatchObject({
      state: 'added',
      right: 'CN=Middle, serial 1234',
    });
  });
});

describe('tokens', () => {
  const claims = { sub: web, aud: ['a'], iat: 1_800_000_000, exp: 1_800_000_300 };
  const header = { alg: 'ES256', kid: 'k1', typ: 'JWT' };
  const make = (more: object = {}, head: object = {}) =>
    makeToken(key, { ...header, ...head }, { ...claims, ...more });
  it('say what changed, and in words what that means', async () => {
    const comparison = await tokens(
      await make(),
      await make({ aud: ['a', 'b'], exp: 1_800_003_600, jti: 'x' }, { kid: 'k2' }),
    );
    expect(differing(comparison)).toEqual(['Good for', 'kid', 'aud', 'exp', 'jti']);
    expect(field(comparison, 'Good for')).toMatchObject({ left: '5 min', right: '1 h', tone: 'look' });
    expect(field(comparison, 'kid')?.meaning).toContain('the JWT authority was rotated');
    expect(field(comparison, 'aud')).toMatchObject({ tone: 'look', meaning: 'Now accepted by b.' });
    expect(field(comparison, 'exp')?.right).toBe('1800003600 (2027-01-15T09:00:00Z)');
    expect(field(comparison, 'jti')?.state).toBe('added');
    expect(field(await tokens(await make(), await make({ aud: 'c' })), 'aud')?.meaning).toBe(
      'Now accepted by c, no longer by a.',
    );
    expect(field(await tokens(await make(), await make({ aud: 'a' })), 'aud')?.meaning).toContain(
      'The same audiences',
    );
  });
  it('S-14: have no signature in the answer, though it differs', async () => {
    const [one, two] = [await make(), await make()];
    const comparison = await tokens(one, two);
    expect(comparison).toMatchObject({ identical: false, differences: 0 });
    expect(compareLines(comparison, true).join('\n')).toContain('a signature made anew');
    for (const text of [one, two]) expect(JSON.stringify(comparison)).not.toContain(text.split('.')[2]);
  });
  it('S-25: members called like prototypes are members', async () => {
    const comparison = await tokens(
      await makeToken(
        key,
        header,
        '{"sub":"spiffe://org-a.test/web","__proto__":1,"constructor":2,"exp":1,"aud":"a"}',
      ),
      await make(),
    );
    expect(field(comparison, '__proto__')).toMatchObject({ state: 'removed', left: '1' });
    expect(field(comparison, 'constructor')).toMatchObject({ state: 'removed', left: '2' });
  });
  it('of two kinds are told apart', async () => {
    const comparison = await compare(
      { kind: 'jwt-svid', input: utf8Encode(await make()) },
      { kind: 'wit-svid', input: utf8Encode(await make({}, { typ: 'wit+jwt' })) },
    );
    expect(field(comparison, 'Kind')).toMatchObject({ left: 'jwt-svid', right: 'wit-svid', tone: 'bad' });
  });
});

describe('bundles', () => {
  const jwt = async (kid: string, of_ = key) => jwkOf(of_, { use: 'jwt-svid', kid });
  it('key by key: added, removed, replaced, renamed', async () => {
    const other = await makeKey();
    const renamed = await makeKey();
    const left = bundleOf([
      await x509Entry(authority),
      await jwt('k1'),
      await jwt('gone', other),
      await jwt('n1', renamed),
    ]);
    const right = bundleOf(
      [
        await x509Entry(authority),
        await jwt('k1', await makeKey()),
        await jwt('new', await makeKey()),
        await jwt('n2', renamed),
      ],
      { spiffe_sequence: 2, spiffe_refresh_hint: 60 },
    );
    const comparison = await bundles(left, right);
    expect(field(comparison, 'Sequence')).toMatchObject({ tone: 'good', left: '1', right: '2' });
    expect(field(comparison, 'Refresh hint')).toMatchObject({ left: '300 s', right: '60 s' });
    expect(field(comparison, 'Key', 'JWT authority k1')).toMatchObject({ state: 'changed', tone: 'bad' });
    expect(field(comparison, 'Key', 'JWT authority gone')?.state).toBe('removed');
    expect(field(comparison, 'Key', 'JWT authority new')?.state).toBe('added');
    expect(field(comparison, 'Key id', 'JWT authority n1')).toMatchObject({ left: 'n1', right: 'n2' });
    expect(field(comparison, 'Key', 'X.509 authority serial 1234')?.state).toBe('equal');
  });
  it('whose number did not change with the keys, or went back', async () => {
    const one = bundleOf([await jwt('k1')], { spiffe_sequence: 5 });
    const same = await bundles(one, bundleOf([await jwt('k2', await makeKey())], { spiffe_sequence: 5 }));
    expect(field(same, 'Sequence')).toMatchObject({ state: 'equal', tone: 'bad' });
    expect(field(await bundles(one, bundleOf([], { spiffe_sequence: 4 })), 'Sequence')?.meaning).toContain(
      'goes back',
    );
    const huge = await bundles(
      '{"keys":[],"spiffe_sequence":9007199254740993}',
      '{"keys":[],"spiffe_sequence":9007199254740992}',
    );
    expect(field(huge, 'Sequence')).toMatchObject({ state: 'changed', tone: 'look' });
  });
  it('in SPIFFE JSON and in PEM are one, and so are files of CA certificates', async () => {
    const json = bundleOf([await x509Entry(authority)]);
    const comparison = await compare(
      { kind: 'bundle', input: json },
      { kind: 'x509-svid', input: pem(authority.der) },
    );
    expect(differing(comparison)).toEqual(['Sequence', 'Refresh hint']);
  });
  it('of several trust domains, one by one', async () => {
    const map = (names: Record<string, unknown>) => JSON.stringify({ trust_domains: names });
    const comparison = await of('bundle-map')(
      map({ 'a.test': { keys: [] }, 'b.test': { keys: [] } }),
      map({ 'a.test': { keys: [await jwt('k1')] }, 'c.test': { keys: [] } }),
    );
    expect(field(comparison, 'Key', 'a.test: JWT authority k1')?.state).toBe('added');
    expect(field(comparison, 'b.test')?.state).toBe('removed');
    expect(field(comparison, 'c.test')?.state).toBe('added');
  });
});

describe('anything else', () => {
  it('of two families, or that cannot be read, is refused with the reason', async () => {
    const one = await leaf();
    const token = await makeToken(key, { alg: 'ES256' }, { sub: web });
    const mixed = await compare(
      { kind: 'x509-svid', input: one },
      { kind: 'jwt-svid', input: utf8Encode(token) },
    );
    expect(mixed).toEqual({ comparable: false, why: 'The one is of certificates, the other of tokens.' });
    expect(await certificates(one, 'lorem')).toEqual({
      comparable: false,
      why: 'The second document cannot be taken apart.',
    });
    expect(compareLines(mixed)).toEqual([
      'cannot be compared: The one is of certificates, the other of tokens.',
    ]);
  });
  it('S-13: a key pasted beside a certificate is not in the answer', async () => {
    const secret = pemOf('PRIVATE KEY', await pkcs8(key));
    const comparison = await certificates(secret, secret);
    expect(comparison).toMatchObject({ comparable: false });
    expect(JSON.stringify(comparison)).not.toContain(new TextDecoder().decode(secret).split('\n')[1]);
  });
  it('S-22: control characters are escapes in the lines for a shell', async () => {
    const comparison = await of('spiffe-id')('spiffe://a.test/\u001b[31m', 'spiffe://a.test/\u202eb');
    const lines = compareLines(comparison).join('\n');
    expect(lines).toContain('\\u{1b}[31m');
    expect(lines).not.toContain('\u001b');
    expect(lines).not.toContain('\u202e');
  });
  it('spans are in the two largest units', () => {
    expect([span(0), span(90_000), span(-3_600_000), span(90_061_000), span(Number.NaN)]).toEqual([
      '0 s',
      '1 min 30 s',
      '-1 h',
      '1 d 1 h',
      'unknown',
    ]);
  });
});
