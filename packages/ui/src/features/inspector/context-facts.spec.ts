import { encodeBase64Url, judge, type Kind } from '@muster/domain';
import { makeAuthority, makeLeaf, pem } from '@muster/domain/testing/certificates';
import { SvidKind } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { contextFacts, onThisMachine } from './context-facts.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const judged = (kind: Kind, input: Uint8Array) =>
  judge({ kind, input: Uint8Array.from(input), bundles: new Map(), at: new Date() });
const part = (value: unknown) => encodeBase64Url(encode(JSON.stringify(value)));

describe('what the gateway is told of a document', () => {
  it('S-14: of a token its facts, and neither its signature nor the token', async () => {
    const signature = encodeBase64Url(encode('CANARY-OF-THE-SIGNATURE-4711'));
    const token = [
      part({ alg: 'ES256', kid: 'key-1', typ: 'JWT' }),
      part({
        sub: 'spiffe://org-a.test/web',
        aud: ['db', 'api'],
        iat: 1_800_000_000,
        exp: 1_800_000_300,
        secret: 'CANARY',
      }),
      signature,
    ].join('.');
    const facts = contextFacts(await judged('jwt-svid', encode(token)));
    expect(facts).toMatchObject({
      ask: true,
      request: {
        spiffeId: 'spiffe://org-a.test/web',
        kind: SvidKind.JWT,
        signer: 'key-1',
        audiences: ['db', 'api'],
        notBefore: { seconds: 1_800_000_000n },
        expiresAt: { seconds: 1_800_000_300n },
      },
    });
    const said = JSON.stringify(facts, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    for (const piece of [...token.split('.'), 'CANARY']) expect(said).not.toContain(piece);
  });

  it('S-13: of a certificate its names and numbers, and no byte of its key', async () => {
    const authority = await makeAuthority('org-a.test');
    const leaf = await makeLeaf(authority, 'spiffe://org-a.test/web');
    const facts = contextFacts(await judged('x509-svid', pem(leaf.der)));
    expect(facts.ask).toBe(true);
    if (!facts.ask) return;
    expect(facts.request.serialNumber).toMatch(/^[0-9a-f]+$/u);
    expect(facts.request.fingerprint).toMatch(/^[0-9a-f]{64}$/u);
    expect(Object.keys(facts.request).toSorted()).toEqual([
      'dnsNames',
      'expiresAt',
      'fingerprint',
      'kind',
      'notBefore',
      'serialNumber',
      'spiffeId',
    ]);
  });

  it.each<[string, Kind, string, RegExp]>([
    [
      'a token without a valid subject',
      'jwt-svid',
      [part({ alg: 'ES256' }), part({ sub: 'me', aud: 'x' }), 'AA'].join('.'),
      /no valid SPIFFE ID/u,
    ],
    ['no valid SPIFFE ID', 'spiffe-id', 'spiffe://A B/x', /no valid SPIFFE ID/u],
    ['a bundle', 'bundle', '{"keys":[]}', /Only of an SVID/u],
    ['what cannot be read', 'x509-svid', 'nothing', /Only of an SVID|no certificate/u],
  ])('%s: nothing, and says why', async (_what, kind, text, reason) => {
    const facts = contextFacts(await judged(kind, encode(text)));
    expect(facts.ask ? '' : facts.reason).toMatch(reason);
  });

  it('a SPIFFE ID alone', async () => {
    expect(contextFacts(await judged('spiffe-id', encode('spiffe://org-a.test/web')))).toEqual({
      ask: true,
      request: { spiffeId: 'spiffe://org-a.test/web' },
      told: ['SPIFFE ID'],
    });
  });
});

describe('a gateway on this machine', () => {
  it.each(['http://127.0.0.1:7420', 'http://localhost:1', 'http://[::1]:7420', 'http://127.9.9.9'])(
    '%s is',
    (origin) => expect(onThisMachine(origin)).toBe(true),
  );
  it.each([
    'https://muster.example',
    'https://127.0.0.1.example',
    'https://localhost.example',
    'nothing',
    undefined,
  ])('%s is not', (origin) => expect(onThisMachine(origin)).toBe(false));
});
