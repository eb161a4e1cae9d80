import { expect, it } from 'vitest';
import { subjectOf } from './subject.ts';

const jwt = (claims: unknown) =>
  `eyJhbGciOiJFUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`;

it('is the sub claim of a JWT', () => {
  expect(subjectOf(jwt({ sub: 'spiffe://acme.example/bob', aud: ['slim'] }))).toBe(
    'spiffe://acme.example/bob',
  );
});

it('is the id that a holder of the shared secret goes by', () => {
  expect(subjectOf('acme/ops/bob_m2RvfTgf:1795423459:FG9S94rd4rAdrEma:eyJ9:wxJIaVH5')).toBe('acme/ops/bob');
});

it('S-13: is never any part of a token that cannot be read', () => {
  for (const token of [
    '',
    'opaque-token-of-somebody',
    'a.b',
    'eyJhbGciOi.bm90IGpzb24.sig',
    jwt({ sub: 7 }),
    jwt(null),
  ])
    expect(subjectOf(token)).toBe('');
});

it('S-11: shows control and direction characters, and is cut', () => {
  expect(subjectOf(jwt({ sub: 'a\u202eb' }))).toBe('a\\u{202e}b');
  expect(subjectOf(jwt({ sub: 'x'.repeat(5000) }))).toHaveLength(2048);
});
