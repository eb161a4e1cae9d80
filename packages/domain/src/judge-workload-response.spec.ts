import { beforeAll, expect, it } from 'vitest';
import { encodeBase64, encodeBase64Url } from './base64.ts';
import { type Bytes, concatBytes, utf8Encode } from './bytes.ts';
import { judge } from './judge.ts';
import { makeAuthority, makeLeaf, NOW, pkcs8, type TestAuthority } from './testing/certificates.ts';

const ID = 'spiffe://example.org/web';
interface Fields {
  spiffeId: string;
  x509Svid: Bytes;
  x509SvidKey: Bytes;
  bundle: Bytes;
  hint: string;
}
let root: TestAuthority;
let good: Fields;

beforeAll(async () => {
  root = await makeAuthority('example.org');
  const leaf = await makeLeaf(root, ID);
  good = { spiffeId: ID, x509Svid: leaf.der, x509SvidKey: await pkcs8(leaf.key), bundle: root.der, hint: '' };
});

const field = (number: number, bytes: Uint8Array): Bytes => {
  const { length } = bytes;
  const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
  return length === 0 ? new Uint8Array() : concatBytes(Uint8Array.of(number * 8 + 2, ...size), bytes);
};
const message = (...svids: readonly Fields[]) =>
  concatBytes(
    ...svids.map(({ spiffeId, x509Svid, x509SvidKey, bundle, hint }) =>
      field(
        1,
        concatBytes(
          ...[utf8Encode(spiffeId), x509Svid, x509SvidKey, bundle, utf8Encode(hint)].map((bytes, i) =>
            field(i + 1, bytes),
          ),
        ),
      ),
    ),
  );
const judgeIt = (input: Uint8Array) =>
  judge({ kind: 'workload-x509-response', input, bundles: new Map(), at: NOW });
const change = (changes: Partial<Fields>) => judgeIt(message({ ...good, ...changes }));

it('is valid in protobuf and in protobuf JSON', async () => {
  expect(await judgeIt(message(good))).toMatchObject({ verdict: 'valid', fails: [], warns: [] });
  const json = {
    ...good,
    x509Svid: encodeBase64(good.x509Svid),
    x509SvidKey: encodeBase64(good.x509SvidKey),
    bundle: encodeBase64(good.bundle),
  };
  expect((await judgeIt(utf8Encode(JSON.stringify({ svids: [json] })))).verdict).toBe('valid');
  const loose = { ...json, x509Svid: encodeBase64Url(good.x509Svid), bundle: encodeBase64Url(good.bundle) };
  expect((await judgeIt(utf8Encode(JSON.stringify({ svids: [loose] })))).verdict).toBe('valid');
  for (const space of [' ', '\n', '\t\r\n  '])
    expect((await judgeIt(utf8Encode(`${space}${JSON.stringify({ svids: [json] }, null, 2)}`))).verdict).toBe(
      'valid',
    );
});

it('fails by the row of what is wrong', async () => {
  const stranger = await makeAuthority('example.org');
  expect((await judgeIt(message())).fails).toEqual(['W-10']);
  expect((await change({ spiffeId: 'spiffe://example.org/other' })).fails).toEqual(['X-29']);
  expect((await change({ bundle: stranger.der })).fails).toEqual(['X-15']);
  expect(await change({ bundle: new Uint8Array() })).toMatchObject({ fails: ['X-14', 'W-05'] });
  expect(await change({ x509SvidKey: new Uint8Array() })).toMatchObject({ fails: ['X-28', 'W-05'] });
  expect((await change({ x509Svid: concatBytes(good.x509Svid, Uint8Array.of(0)) })).fails).toContain('X-01');
  expect((await judgeIt(message({ ...good, hint: 'a' }, { ...good, hint: 'a' }))).fails).toEqual(['W-07']);
  expect((await judgeIt(message(good, good))).verdict).toBe('valid');
  expect((await judgeIt(Uint8Array.of(255))).verdict).toBe('unreadable');
});

it('never repeats the private key', async () => {
  const text = JSON.stringify(await judgeIt(message(good)));
  expect(text).not.toContain(encodeBase64(good.x509SvidKey).slice(60, 100));
});
