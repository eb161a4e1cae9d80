import { describe, expect, it } from 'vitest';
import { parseRuntime } from './runtime.ts';
import { writeSecret } from './session/secret.ts';

const bytes = (length: number) => new Uint8Array(length).fill(7);
const shared = { instance: bytes(16), id: bytes(8), secret: bytes(32) };
const good = { version: 1, url: 'http://127.0.0.1:4747', pid: 42, secret: writeSecret(shared) };

describe('S-04: a runtime file', () => {
  it('is read', () => {
    expect(parseRuntime(JSON.stringify(good))).toEqual({ url: good.url, pid: 42, secret: shared });
    expect(parseRuntime(JSON.stringify({ ...good, url: 'http://[::1]:1' }))).toMatchObject({ pid: 42 });
  });

  it.each([
    ['', 'it is not JSON'],
    ['null', 'it is not an object'],
    ['[]', 'its version is not 1'],
    [{ ...good, version: 2 }, 'its version is not 1'],
    [{ ...good, url: 'http://127.0.0.1:80@example.org' }, 'its url is not a loopback address'],
    [{ ...good, url: 'http://example.org:80' }, 'its url is not a loopback address'],
    [{ ...good, url: 7 }, 'its url is not a loopback address'],
    [{ ...good, pid: 0 }, 'its pid is not a number'],
    [{ ...good, pid: '42' }, 'its pid is not a number'],
    [{ ...good, secret: good.secret.slice(1) }, 'its secret is not one'],
  ])('is none in %j', (content, why) => {
    expect(parseRuntime(typeof content === 'string' ? content : JSON.stringify(content))).toBe(why);
  });
});
