import { describe, expect, it } from 'vitest';
import { isOurs, mayDownload, mayLoad, mayTakeSecret, mayUse } from './guard.ts';

const own = 'http://127.0.0.1:4747';
const hostile = [
  'http://127.0.0.1:4748/',
  'https://127.0.0.1:4747/',
  'http://localhost:4747/',
  'http://127.0.0.1:4747@example.org/',
  'http://user@127.0.0.1:4747/',
  'http://127.0.0.1:47470/',
  'http://example.org/?http://127.0.0.1:4747/',
  'file:///etc/passwd',
  'data:text/html,x',
  'blob:http://127.0.0.1:4747/x',
  'javascript:alert(1)',
  'about:blank',
  '',
  '//127.0.0.1:4747/',
];

describe('S-30: the window', () => {
  it('shows only its gateway’s own pages', () => {
    expect(isOurs(`${own}/entries?search=a#b`, own)).toBe(true);
    for (const address of hostile)
      if (!address.startsWith('blob:')) expect(isOurs(address, own), address).toBe(false);
  });

  it('hands the secret to its main frame on its own page only', () => {
    const main = { url: `${own}/`, processId: 1, routingId: 2 };
    expect(mayTakeSecret(main, main, own)).toBe(true);
    expect(mayTakeSecret(null, main, own)).toBe(false);
    expect(mayTakeSecret(main, main, undefined)).toBe(false);
    expect(mayTakeSecret({ ...main, routingId: 3 }, main, own)).toBe(false);
    expect(mayTakeSecret({ ...main, processId: 9 }, main, own)).toBe(false);
    for (const url of ['http://127.0.0.1:4748/', 'https://example.org/', 'data:text/html,x'])
      expect(mayTakeSecret({ ...main, url }, main, own)).toBe(false);
  });

  it('may write the clipboard and nothing else', () => {
    expect(mayUse('clipboard-sanitized-write', own, own)).toBe(true);
    expect(mayUse('clipboard-sanitized-write', 'https://example.org', own)).toBe(false);
    expect(mayUse('clipboard-sanitized-write', own, undefined)).toBe(false);
    for (const other of [
      'clipboard-read',
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'fullscreen',
      'usb',
    ])
      expect(mayUse(other, own, own)).toBe(false);
  });

  it('loads from its gateway only', () => {
    for (const address of [`${own}/a.js`, `ws://127.0.0.1:4747/x`, `blob:${own}/1`, 'data:image/png;base64,'])
      expect(mayLoad(address, own), address).toBe(true);
    for (const address of [
      'http://127.0.0.1:1/',
      'https://example.org/',
      'file:///etc/passwd',
      'ftp://127.0.0.1/',
    ])
      expect(mayLoad(address, own), address).toBe(false);
    expect(mayLoad(`${own}/`, undefined)).toBe(false);
  });

  it('saves only what its page made', () => {
    expect(mayDownload(`blob:${own}/1`, own)).toBe(true);
    for (const address of [`${own}/file`, 'blob:http://127.0.0.1:47471/1', 'data:text/plain,x'])
      expect(mayDownload(address, own)).toBe(false);
  });
});
