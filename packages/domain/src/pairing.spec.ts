import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBase64 } from './base64.ts';
import { concatBytes, toLatin1, utf8Encode } from './bytes.ts';
import { judge } from './judge.ts';
import { limits } from './limits.ts';
import { pairedInput, pairFiles } from './pairing.ts';
import { checkKey, withKeyCheck } from './pairing-key-check.ts';
import type { GivenFile, PairedDocument, Pairing } from './pairing-types.ts';
import { integer, octets, sequence } from './testing/der-writer.ts';
import {
  altNames,
  basicConstraints,
  bundleOf,
  jwkOf,
  keyUsage,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeToken,
  NOW,
  pem,
  pemOf,
  pkcs8,
  x509Entry,
} from './testing/certificates.ts';

const file = (name: string, bytes: Uint8Array | string): GivenFile => ({
  name,
  bytes: typeof bytes === 'string' ? utf8Encode(bytes) : bytes,
});
const named = (pairing: Pairing, name: string): PairedDocument => {
  const found = pairing.documents.find((one) => one.name === name);
  if (!found) throw new Error(`${name} is not among ${pairing.documents.map((one) => one.name).join()}`);
  return found;
};
const verdict = async (pairing: Pairing, name: string, audience?: string) => {
  const { verdict: said, fails } = await judge(
    pairedInput(pairing, named(pairing, name), { at: NOW, ...(audience !== undefined && { audience }) }),
  );
  return [said, ...fails];
};
const bundleUsed = (pairing: Pairing, name: string) =>
  named(pairing, name).against.map(({ trustDomain, bundle }) => [trustDomain, pairing.bundles[bundle]?.name]);

type Authority = Awaited<ReturnType<typeof makeAuthority>>;
let [a, b]: Authority[] = [];
let made: Awaited<ReturnType<typeof makeAll>>;
beforeAll(async () => {
  made = await makeAll();
});

async function makeAll() {
  const [orgA, orgB] = [await makeAuthority('org-a.test'), await makeAuthority('org-b.test')];
  [a, b] = [orgA, orgB];
  const nameless = await makeAuthority('org-a.test', {
    subject: 'Upstream root',
    extensions: [basicConstraints(true), keyUsage([5, 6])],
  });
  const [web, api, db, up] = [
    await makeLeaf(orgA, 'spiffe://org-a.test/web'),
    await makeLeaf(orgA, 'spiffe://org-a.test/api'),
    await makeLeaf(orgB, 'spiffe://org-b.test/db'),
    await makeLeaf(nameless, 'spiffe://org-a.test/up'),
  ];
  const [jwtA, jwtB] = [await makeKey(), await makeKey()];
  const seconds = NOW.getTime() / 1000;
  const token = (key: typeof jwtA, domain: string, kid: string) =>
    makeToken(
      key,
      { alg: 'ES256', kid, typ: 'JWT' },
      { sub: `spiffe://${domain}/web`, aud: ['x'], iat: seconds, exp: seconds + 300 },
    );
  const setA = JSON.stringify({ keys: [await jwkOf(jwtA, { kid: 'a' })] });
  const setB = JSON.stringify({ keys: [await jwkOf(jwtB, { kid: 'b' })] });
  return {
    web,
    api,
    db,
    up,
    nameless,
    webKey: pemOf('PRIVATE KEY', await pkcs8(web.key)),
    apiKey: pemOf('PRIVATE KEY', await pkcs8(api.key)),
    dbKey: pemOf('PRIVATE KEY', await pkcs8(db.key)),
    caKey: pemOf('PRIVATE KEY', await pkcs8(orgA.key)),
    tokenA: await token(jwtA, 'org-a.test', 'a'),
    tokenB: await token(jwtB, 'org-b.test', 'b'),
    setA,
    setB,
    bundleA: bundleOf([await x509Entry(orgA), await jwkOf(jwtA, { use: 'jwt-svid', kid: 'a' })]),
    helperMap: JSON.stringify({
      'org-a.test': encodeBase64(utf8Encode(setA)),
      'org-b.test': encodeBase64(utf8Encode(setB)),
    }),
  };
}

describe('folders that tools leave', () => {
  it('of spiffe-helper: leaf, key, bundle, token and its JWT bundles', async () => {
    const pairing = await pairFiles([
      file('svids/tls.crt', pem(made.web.der)),
      file('svids/tls.key', made.webKey),
      file('svids/svid_bundle.pem', pem(a?.der ?? new Uint8Array())),
      file('svids/jwt_svid.token', made.tokenA),
      file('svids/key.jwt', made.helperMap),
    ]);
    expect(pairing.unplaced).toEqual([]);
    expect(pairing.documents.map(({ name, kind }) => [name, kind])).toEqual([
      ['svids/tls.crt', 'x509-svid-keypair'],
      ['svids/svid_bundle.pem', 'bundle'],
      ['svids/jwt_svid.token', 'jwt-svid'],
      ['svids/key.jwt', 'bundle-map'],
    ]);
    expect(await verdict(pairing, 'svids/svid_bundle.pem')).toEqual(['valid']);
    expect(await verdict(pairing, 'svids/key.jwt')).toEqual(['valid']);
    expect(bundleUsed(pairing, 'svids/tls.crt')[0]).toEqual(['org-a.test', 'svids/svid_bundle.pem']);
    expect(bundleUsed(pairing, 'svids/jwt_svid.token')[0]).toEqual([
      'org-a.test',
      'svids/key.jwt (org-a.test)',
    ]);
    expect(await verdict(pairing, 'svids/tls.crt')).toEqual(['valid']);
    expect(await verdict(pairing, 'svids/jwt_svid.token', 'x')).toEqual(['valid']);
  });
  it('of spiffe-helper with the CAs of federated trust domains in one file: each vouches for its own only', async () => {
    const pairing = await pairFiles([
      file('tls.crt', pem(made.web.der)),
      file('svid_bundle.pem', pem(a?.der ?? new Uint8Array(), b?.der ?? new Uint8Array())),
      file('other/tls.crt', pem(made.db.der)),
    ]);
    expect(pairing.bundles.map(({ name, trustDomain }) => [name, trustDomain])).toEqual([
      ['svid_bundle.pem (org-a.test)', 'org-a.test'],
      ['svid_bundle.pem (org-b.test)', 'org-b.test'],
    ]);
    expect(await verdict(pairing, 'tls.crt')).toEqual(['valid']);
    expect(await verdict(pairing, 'other/tls.crt')).toEqual(['valid']);
  });
  it('of `spire-agent api fetch x509 -write`: several SVIDs, a federated bundle', async () => {
    const pairing = await pairFiles([
      file('bundle.0.pem', pem(a?.der ?? new Uint8Array())),
      file('bundle.1.pem', pem(b?.der ?? new Uint8Array())),
      file('federated_bundle.0.0.pem', pem(b?.der ?? new Uint8Array())),
      file('svid.0.key', made.webKey),
      file('svid.0.pem', pem(made.web.der)),
      file('svid.1.key', made.dbKey),
      file('svid.1.pem', pem(made.db.der)),
    ]);
    expect(pairing.unplaced).toEqual([]);
    expect(bundleUsed(pairing, 'svid.0.pem')[0]).toEqual(['org-a.test', 'bundle.0.pem']);
    expect(bundleUsed(pairing, 'svid.1.pem')[0]).toEqual(['org-b.test', 'bundle.1.pem']);
    expect(await verdict(pairing, 'svid.0.pem')).toEqual(['valid']);
    expect(await verdict(pairing, 'svid.1.pem')).toEqual(['valid']);
  });
  it('whose CA names nobody, as under an upstream authority: by the number beside it', async () => {
    const pairing = await pairFiles([
      file('svid.0.pem', pem(made.up.der)),
      file('bundle.0.pem', pem(made.nameless.der)),
      file('svid.1.pem', pem(made.db.der)),
      file('bundle.1.pem', pem(b?.der ?? new Uint8Array())),
    ]);
    expect(pairing.bundles[0]).toMatchObject({ trustDomain: 'org-a.test', by: 'file-name' });
    expect(await verdict(pairing, 'svid.0.pem')).toEqual(['valid']);
  });
  it('prints of `spire-agent api fetch jwt`, as text and as JSON', async () => {
    const text = [
      'token(spiffe://org-a.test/web):',
      `\t${made.tokenA}`,
      'bundle(spiffe://org-a.test):',
      `\t${made.setA}`,
      'bundle(spiffe://org-b.test):',
      `\t${made.setB}`,
      '',
    ].join('\n');
    const base64 = (set: string) => encodeBase64(utf8Encode(set));
    const json = JSON.stringify([
      { svids: [{ spiffe_id: 'spiffe://org-a.test/web', svid: made.tokenA, hint: '' }] },
      { bundles: { 'spiffe://org-a.test': base64(made.setA), 'spiffe://org-b.test': base64(made.setB) } },
    ]);
    for (const given of [text, text.replaceAll('\n', '\r\n'), json]) {
      const pairing = await pairFiles([file('fetched', given)]);
      expect(await verdict(pairing, 'fetched', 'x')).toEqual(['valid']);
      expect(pairing.bundles.map(({ trustDomain, holds }) => [trustDomain, holds])).toEqual([
        ['org-a.test', 'jwt'],
        ['org-b.test', 'jwt'],
      ]);
    }
  });
  it('prints of `spire-server x509 mint -output json` and `jwt mint -output json`', async () => {
    const der = (bytes: Uint8Array) => encodeBase64(bytes);
    const minted = JSON.stringify({
      x509_svid: [der(made.web.der)],
      private_key: der(await pkcs8(made.web.key)),
      root_cas: [der(a?.der ?? new Uint8Array())],
    });
    const pairing = await pairFiles([
      file('minted.json', minted),
      file('token.json', JSON.stringify({ svid: { token: made.tokenA } })),
      file('bundle.json', made.bundleA),
    ]);
    expect(named(pairing, 'minted.json').kind).toBe('x509-svid-keypair');
    expect(await verdict(pairing, 'minted.json')).toEqual(['valid']);
    expect(await verdict(pairing, 'token.json', 'x')).toEqual(['valid']);
    expect(toLatin1(named(pairing, 'minted.json').input)).not.toContain('PRIVATE');
  });
  it('a response of the Workload API is judged whole, and is marked as secret', async () => {
    const response = JSON.stringify({
      svids: [
        {
          spiffe_id: 'spiffe://org-a.test/web',
          x509_svid: encodeBase64(made.web.der),
          x509_svid_key: encodeBase64(await pkcs8(made.web.key)),
          bundle: encodeBase64(a?.der ?? new Uint8Array()),
        },
      ],
    });
    const pairing = await pairFiles([file('x509.json', response)]);
    expect(named(pairing, 'x509.json')).toMatchObject({ kind: 'workload-x509-response', secret: true });
    expect(await verdict(pairing, 'x509.json')).toEqual(['valid']);
  });
});

describe('private keys', () => {
  it('go by the public key, whatever the names say', async () => {
    const pairing = await pairFiles([
      file('svid.0.pem', pem(made.web.der)),
      file('svid.1.pem', pem(made.api.der)),
      file('svid.0.key', made.apiKey),
      file('svid.1.key', made.webKey),
    ]);
    expect(named(pairing, 'svid.0.pem').key).toMatchObject({ file: 'svid.1.key', by: 'public-key' });
    expect(named(pairing, 'svid.1.pem').key).toMatchObject({ file: 'svid.0.key', by: 'public-key' });
  });
  it('go by the name when they belong to nothing, so that X-28 says it', async () => {
    const pairing = await pairFiles([
      file('tls.crt', pem(made.web.der)),
      file('tls.key', made.apiKey),
      file('ca.pem', pem(a?.der ?? new Uint8Array())),
    ]);
    expect(named(pairing, 'tls.crt').key?.by).toBe('name');
    expect(await verdict(pairing, 'tls.crt')).toEqual(['invalid', 'X-28']);
  });
  it.each([
    ['key.pem', 'cert.pem'],
    ['web-key.pem', 'web-cert.pem'],
    ['web_key.pem', 'web.crt'],
    ['dir/web.key', 'dir/web.pem'],
  ])('%s is named like %s', async (key, certificate) => {
    const pairing = await pairFiles([file(certificate, pem(made.web.der)), file(key, made.apiKey)]);
    expect(named(pairing, certificate).key).toMatchObject({ file: key, by: 'name' });
  });
  it('of every form are known by their public half', async () => {
    for (const algorithm of ['P-256', 'P-384', 'RSA', 'Ed25519'] as const) {
      const key = await makeKey(algorithm);
      const leaf = await makeLeaf(a as Authority, 'spiffe://org-a.test/x', { key });
      const der = await pkcs8(key);
      for (const bytes of [der, pemOf('PRIVATE KEY', der), utf8Encode(encodeBase64(der))]) {
        const pairing = await pairFiles([file('leaf.der', leaf.der), file('some', bytes)]);
        expect(named(pairing, 'leaf.der').key?.by).toBe('public-key');
        expect(pairing.unplaced).toEqual([]);
      }
    }
  });
  it('that belong to nothing are named, and nothing of them is said', async () => {
    const jwk = JSON.stringify(await crypto.subtle.exportKey('jwk', made.api.key.pair.privateKey));
    const encrypted = pemOf(
      'ENCRYPTED PRIVATE KEY',
      sequence(sequence(octets(new Uint8Array(4))), octets(new Uint8Array(9))),
    );
    const pairing = await pairFiles([
      file('web.pem', pem(made.web.der)),
      file('ca.pem', pem(a?.der ?? new Uint8Array())),
      file('lone.key', made.apiKey),
      file('ca.key', made.caKey),
      file('jwk.json', jwk),
      file('locked.key', encrypted),
      file('odd.key', pemOf('PRIVATE KEY', sequence(integer(0), sequence(octets(new Uint8Array(3)))))),
    ]);
    const why = new Map(pairing.unplaced.map((one) => [one.name, one.why]));
    expect(pairing.unplaced.every(({ what }) => what === 'private-key')).toBe(true);
    expect(why.get('lone.key')).toBe('An EC P-256 private key (PKCS#8): it belongs to no certificate given.');
    expect(why.get('ca.key')).toContain('of the X.509 authority “org-a.test”. Whoever holds it can issue');
    expect(why.get('jwk.json')).toContain('(JWK)');
    expect(why.get('locked.key')).toContain('encrypted');
    expect(why.get('odd.key')).toContain('broken');
    expect(JSON.stringify([...why])).not.toContain(toLatin1(made.apiKey).split('\n')[1]);
  });
  it('S-13: stand in no document, bundle or sentence of the answer, only beside the leaf they belong to', async () => {
    const secret = toLatin1(made.webKey).split('\n')[1] ?? 'none';
    const mixed = concatBytes(
      utf8Encode('text before\r\n'),
      pem(made.web.der),
      made.webKey,
      pem(a?.der ?? new Uint8Array()),
    );
    const pairing = await pairFiles([file('mixed.pem', mixed), file('lone.pem', made.webKey)]);
    const { documents, bundles, unplaced } = pairing;
    const texts = [...documents, ...bundles].map((one) => toLatin1(one.input));
    expect(texts.some((text) => text.includes(secret) || text.includes('PRIVATE'))).toBe(false);
    const told = JSON.stringify([documents, bundles, unplaced], (name, value: unknown) =>
      name === 'bytes' ? 0 : value,
    );
    expect(told).not.toContain(secret);
    expect(await verdict(pairing, 'mixed.pem')).toEqual(['invalid', 'X-14']);
  });
});

describe('bundles', () => {
  it('that came in the file of the SVID do not vouch for it by themselves', async () => {
    const pairing = await pairFiles([
      file('all.pem', concatBytes(pem(made.web.der), pem(a?.der ?? new Uint8Array()))),
    ]);
    expect(pairing.bundles).toMatchObject([
      { name: 'all.pem (CA)', carried: true, trustDomain: 'org-a.test' },
    ]);
    expect(named(pairing, 'all.pem').against).toEqual([]);
    expect(await verdict(pairing, 'all.pem')).toContain('X-14');
  });
  it('are not taken for another trust domain’s because they verify its SVID (X-14)', async () => {
    const imposter = await makeLeaf(b as Authority, 'spiffe://org-a.test/web');
    const pairing = await pairFiles([
      file('tls.crt', pem(imposter.der)),
      file('svid_bundle.pem', pem(b?.der ?? new Uint8Array())),
    ]);
    expect(pairing.bundles[0]?.trustDomain).toBe('org-b.test');
    expect((await verdict(pairing, 'tls.crt'))[0]).toBe('invalid');
  });
  it('without any name go by what they signed, and say so', async () => {
    const pairing = await pairFiles([
      file('one.pem', pem(made.up.der)),
      file('two.pem', pem(made.db.der)),
      file('x.pem', pem(made.nameless.der)),
    ]);
    expect(pairing.bundles[0]).toMatchObject({ trustDomain: 'org-a.test', by: 'signature' });
    expect(pairing.bundles[0]?.notes[0]).toContain('but it signed an SVID of “org-a.test”');
  });
  it('without any name go by a token they signed, and by nothing when there is a choice', async () => {
    const set = JSON.stringify({
      keys: (JSON.parse(made.setB) as { keys: object[] }).keys.map((key) => ({ ...key, use: 'jwt-svid' })),
    });
    const both = await pairFiles([file('a', made.tokenA), file('b', made.tokenB), file('keys.json', set)]);
    expect(both.bundles[0]).toMatchObject({ trustDomain: 'org-b.test', by: 'signature' });
    const none = await pairFiles([
      file('a.pem', pem(made.web.der)),
      file('b.pem', pem(made.db.der)),
      file('keys.json', set),
    ]);
    expect(none.bundles[0]?.trustDomain).toBeUndefined();
    expect(none.bundles[0]?.notes[0]).toContain('it signed none of the SVIDs given');
  });
  it('named federated are never taken for the SVID’s own', async () => {
    const pairing = await pairFiles([
      file('svid.0.pem', pem(made.up.der)),
      file('federated_bundle.0.0.pem', pem(made.nameless.der)),
    ]);
    expect(pairing.bundles[0]?.trustDomain).toBeUndefined();
    expect((await verdict(pairing, 'svid.0.pem')).slice(0, 2)).toEqual(['invalid', 'X-14']);
  });
  it('are named after a trust domain only where the whole name stands there', async () => {
    const set = made.setA;
    const svids = [file('a.pem', pem(made.web.der)), file('b.pem', pem(made.db.der))];
    const of = async (name: string) => (await pairFiles([...svids, file(name, set)])).bundles[0]?.trustDomain;
    expect(await of('org-a.test.json')).toBe('org-a.test');
    expect(await of('bundle-org-b.test.jwks')).toBe('org-b.test');
    expect(await of('not.org-a.test.json')).toBeUndefined();
    expect(await of('xorg-a.test.json')).toBeUndefined();
  });
  it('of a map are used for their own trust domains, and the map is judged', async () => {
    const map = `{"trust_domains":{"org-a.test":${toLatin1(made.bundleA)},"__proto__":{"keys":[]}}}`;
    const pairing = await pairFiles([file('web.pem', pem(made.web.der)), file('map.json', map)]);
    expect(bundleUsed(pairing, 'web.pem')[0]).toEqual(['org-a.test', 'map.json (org-a.test)']);
    expect(named(pairing, 'map.json').kind).toBe('bundle-map');
    expect(await verdict(pairing, 'web.pem')).toEqual(['valid']);
  });
  it('lie in the nearest folder', async () => {
    const renewed = await makeAuthority('org-a.test');
    const pairing = await pairFiles([
      file('old/ca.pem', pem(renewed.der)),
      file('new/ca.pem', pem(a?.der ?? new Uint8Array())),
      file('new/tls.crt', pem(made.web.der)),
    ]);
    expect(bundleUsed(pairing, 'new/tls.crt')).toEqual([['org-a.test', 'new/ca.pem']]);
    expect(named(pairing, 'new/tls.crt').against[0]?.others).toEqual([0]);
  });
});

describe('what is odd', () => {
  it('is told, each file with why', async () => {
    const pairing = await pairFiles([
      file('empty', ' \n'),
      file('large', new Uint8Array(limits.bundleBytes + 1)),
      file('notes.txt', 'hello'),
      file('web.csr', pemOf('CERTIFICATE REQUEST', made.web.der)),
      file('bundle.json', '{"x509_authorities":[]}'),
      file('broken.key', '-----BEGIN PRIVATE KEY-----\nAAAA'),
    ]);
    expect(pairing.documents).toEqual([]);
    expect(pairing.unplaced.map(({ name, what }) => [name, what])).toEqual([
      ['empty', 'empty'],
      ['large', 'too-large'],
      ['notes.txt', 'unknown'],
      ['web.csr', 'unknown'],
      ['bundle.json', 'unknown'],
      ['broken.key', 'private-key'],
    ]);
  });
  it('S-12: names with hidden characters are escaped in every sentence', async () => {
    const name = 'svid\u202ekey.pem';
    const pairing = await pairFiles([
      file(name, concatBytes(pem(made.web.der), made.webKey)),
      file('other/x.key', made.webKey),
    ]);
    expect(JSON.stringify(pairing.documents.map(({ notes }) => notes))).not.toContain('\u202e');
  });
  it('certificates that cannot be read are judged, not left out', async () => {
    const pairing = await pairFiles([
      file('bad.pem', pemOf('CERTIFICATE', Uint8Array.of(0x30, 1, 0))),
      file('tls.crt', pem(a?.der ?? new Uint8Array())),
    ]);
    expect((await verdict(pairing, 'bad.pem'))[0]).toBe('unreadable');
    // A CA under an SVID's name is judged as one.
    expect(await verdict(pairing, 'tls.crt')).toContain('X-27');
  });
  it('a file with CRLF and text around is judged as it is', async () => {
    const text = `subject=web\r\n${toLatin1(pem(made.web.der)).replaceAll('\n', '\r\n')}after\r\n`;
    const pairing = await pairFiles([file('w.pem', text), file('ca.pem', pem(a?.der ?? new Uint8Array()))]);
    expect(await verdict(pairing, 'w.pem')).toEqual(['valid']);
  });
  it('an altName of another kind does not name a trust domain', async () => {
    const odd = await makeLeaf(a as Authority, 'spiffe://org-a.test/x', { extensions: [altNames([])] });
    const pairing = await pairFiles([file('x.pem', pem(odd.der))]);
    expect(named(pairing, 'x.pem').trustDomain).toBeUndefined();
    expect(named(pairing, 'x.pem').notes[0]).toContain('No trust domain can be read');
  });
});

describe('the check of a key, kept without the key', () => {
  it('gives the judgement of the SVID with its key', async () => {
    const ca = new Map([['org-a.test', pem(a?.der ?? new Uint8Array())]]);
    for (const key of [made.webKey, made.apiKey, utf8Encode('no key')])
      for (const at of [NOW, new Date(NOW.getTime() + 7_200_000)]) {
        const base = { input: pem(made.web.der), bundles: ca, at };
        const check = await checkKey(base.input, key);
        if (!check) throw new Error('There is no check.');
        const kept = withKeyCheck(await judge({ ...base, kind: 'x509-svid' }), check);
        expect(kept).toEqual(await judge({ ...base, kind: 'x509-svid-keypair', key }));
      }
  });
  it('there is none without a certificate', async () => {
    expect(await checkKey(utf8Encode('nothing'), made.webKey)).toBeUndefined();
  });
});

describe('S-18: many', () => {
  it('different bundles of one trust domain, and SVIDs by number, take no more than linear work', async () => {
    const set = (index: number) => `{"keys":[],"spiffe_sequence":${index}}`;
    const files = Array.from({ length: 400 }, (_, index) => [
      file(`svid.${index}.pem`, pem(made.web.der)),
      file(`svid.${index}.key`, made.apiKey),
      file(`d/org-a.test-${index}.json`, set(index)),
    ]).flat();
    const pairing = await pairFiles(files);
    expect(pairing.documents).toHaveLength(800);
    expect(named(pairing, 'svid.7.pem').against[0]?.others.length).toBeLessThanOrEqual(100);
  });
});
