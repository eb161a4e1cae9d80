import { describe, expect, it } from 'vitest';
import { readHandover, SecretBox } from './handover.ts';

const secret = 'A-_9'.repeat(18) + 'abc';
const line = (change: object) => JSON.stringify({ url: 'http://127.0.0.1:80', secret, ...change });

describe('the hand-over', () => {
  it('is one address on loopback and one secret', () => {
    expect(readHandover(line({}))).toEqual({ url: 'http://127.0.0.1:80', secret });
    expect(readHandover(line({ url: 'http://127.0.0.1:65535/' }))?.url).toBe('http://127.0.0.1:65535');
  });

  it.each([
    '',
    'null',
    '[]',
    '{',
    'listening on 80',
    line({ url: 'http://example.org:80' }),
    line({ url: 'http://127.0.0.1:80/other' }),
    line({ url: 'http://127.0.0.1:0' }),
    line({ url: 'http://127.0.0.1:65536' }),
    line({ url: 'http://127.0.0.1' }),
    line({ url: 80 }),
    line({ secret: secret.slice(1) }),
    line({ secret: `${secret.slice(1)}=` }),
    line({ secret: null }),
    line({ more: 'x'.repeat(1000) }),
  ])('is not %s', (text) => {
    expect(readHandover(text)).toBeUndefined();
  });

  it('gives a secret out once', () => {
    const box = new SecretBox();
    expect(box.take()).toBeNull();
    box.put('a');
    expect(box.take()).toBe('a');
    expect(box.take()).toBeNull();
  });
});
