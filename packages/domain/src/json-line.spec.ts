import { expect, it } from 'vitest';
import { encodeBase64 } from './base64.ts';
import { utf8Encode } from './bytes.ts';
import { judgeJsonLine } from './json-line.ts';
import { bundleOf, jwkOf, makeKey, makeToken, NOW } from './testing/certificates.ts';

const b64 = (text: string) => encodeBase64(utf8Encode(text));
const run = async (request: unknown) =>
  JSON.parse(await judgeJsonLine(typeof request === 'string' ? request : JSON.stringify(request))) as unknown;
const request = {
  id: 'c1',
  kind: 'spiffe-id',
  input_b64: b64('spiffe://a/b'),
  bundles: {},
  evaluation_time: '2026-11-22T12:00:00Z',
};

it('answers one line per line', async () => {
  expect(await run(request)).toEqual({ id: 'c1', verdict: 'valid', fails: [], warns: [] });
  expect(await run({ ...request, input_b64: b64('spiffe://a/../b') })).toEqual({
    id: 'c1',
    verdict: 'invalid',
    fails: ['ID-12'],
    warns: [],
  });
  expect(await run({ ...request, kind: 'jwt-svid' })).toEqual({
    id: 'c1',
    verdict: 'invalid',
    fails: ['J-01'],
    warns: [],
  });
  expect(await run({ ...request, kind: 'x509-svid', input_b64: '' })).toMatchObject({
    verdict: 'invalid',
    fails: ['X-01'],
  });
  expect(await run({ ...request, kind: 'bundle', key_b64: null, audience: null })).toMatchObject({
    verdict: 'invalid',
    fails: ['B-01'],
  });
});

it('skips what is no request, with the id when it can be read', async () => {
  const broken = [
    { kind: 'x' },
    { input_b64: '*' },
    { input_b64: undefined },
    { evaluation_time: undefined },
    { evaluation_time: '2026-11-22' },
    { evaluation_time: '2026-13-22T12:00:00Z' },
    { evaluation_time: 0 },
    { bundles: { a: '*' } },
    { bundles: [] },
    { audience: 3 },
    { key_b64: 3 },
  ];
  for (const change of broken)
    expect(await run({ ...request, ...change })).toEqual({ id: 'c1', verdict: 'skip', fails: [], warns: [] });
  expect(await run({ ...request, id: 3 })).toMatchObject({ id: 3, verdict: 'valid' });
  for (const id of [null, true, 0.5, 1e300, ['c1']])
    expect(await run({ ...request, id })).toMatchObject({ id: null, verdict: 'valid' });
  for (const line of ['', '{', '[]', 'null'])
    expect(await run(line)).toMatchObject({ id: null, verdict: 'skip' });
  expect(await run(JSON.stringify(request).replace('{', '{"kind":"bundle",'))).toMatchObject({
    id: 'c1',
    verdict: 'skip',
  });
});

it('passes everything on: bundles, audience, time with offset', async () => {
  const key = await makeKey();
  const exp = NOW.getTime() / 1000 + 60;
  const token = await makeToken(
    key,
    { alg: 'ES256', kid: 'k' },
    { sub: 'spiffe://a/b', aud: 'me', exp, iat: exp - 60 },
  );
  const bundle = encodeBase64(bundleOf([await jwkOf(key, { use: 'jwt-svid', kid: 'k' })]));
  const line = {
    ...request,
    kind: 'jwt-svid',
    input_b64: b64(token),
    audience: 'me',
    trust_domain: 'a',
    bundles: { a: bundle },
  };
  expect(await run(line)).toMatchObject({ verdict: 'valid' });
  expect(
    await run({ ...line, bundles: { 'spiffe://a': bundle }, evaluation_time: '2026-11-22T13:00:59.5+01:00' }),
  ).toMatchObject({ verdict: 'valid' });
  expect(await run({ ...line, evaluation_time: '2026-11-22T12:01:00Z' })).toMatchObject({ fails: ['J-12'] });
  expect(await run({ ...line, bundles: { constructor: bundle, __proto__: bundle } })).toMatchObject({
    fails: ['J-14'],
  });
});
