// @vitest-environment jsdom
import { signInLink, writeSecret } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { readPastedLink, takeFromAddress } from './browserPlatform.ts';

const secret = {
  instance: new Uint8Array(16).fill(1),
  id: new Uint8Array(8).fill(2),
  secret: new Uint8Array(32).fill(3),
};
const ORIGIN = 'http://127.0.0.1:7420';

describe('the secret in the address', () => {
  it('is taken and erased at once; the rest of the address stays', () => {
    history.replaceState(null, '', `/entries?q=web${new URL(signInLink(ORIGIN, secret)).hash}`);
    expect(takeFromAddress()?.secret).toEqual(secret.secret);
    expect(location.pathname + location.search + location.hash).toBe('/entries?q=web');
    expect(takeFromAddress()).toBeUndefined();
  });
  it('is erased even when it cannot be read', () => {
    history.replaceState(null, '', '/#sign-in=half-of-it');
    expect(takeFromAddress()).toBeUndefined();
    expect(location.hash).toBe('');
  });
});

describe('a pasted link', () => {
  it.each([signInLink(ORIGIN, secret), `  ${signInLink(ORIGIN, secret)}\n`, writeSecret(secret)])(
    'is read: %j',
    (text) => {
      expect(readPastedLink(text, ORIGIN)).toMatchObject({ ok: true, secret: { id: secret.id } });
    },
  );
  it('of another gateway is not used', () => {
    expect(readPastedLink(signInLink('http://127.0.0.1:9999', secret), ORIGIN)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('9999'),
    });
  });
  it.each(['', 'hello', `${ORIGIN}/#sign-in=cut`])('that is not whole says so: %j', (text) => {
    expect(readPastedLink(text, ORIGIN)).toMatchObject({ ok: false });
  });
});
