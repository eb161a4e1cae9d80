import { expect, it } from 'vitest';
import { hasBrowser, openerOf, pageTo } from './browser.ts';

it('a browser is opened where a person sits, and nowhere else', () => {
  expect(hasBrowser({}, 'darwin')).toBe(true);
  expect(hasBrowser({}, 'win32')).toBe(true);
  expect(hasBrowser({}, 'linux')).toBe(false);
  expect(hasBrowser({ DISPLAY: '', WAYLAND_DISPLAY: '' }, 'linux')).toBe(false);
  expect(hasBrowser({ DISPLAY: ':0' }, 'linux')).toBe(true);
  expect(hasBrowser({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
  expect(hasBrowser({ DISPLAY: ':0', CI: 'true' }, 'linux')).toBe(false);
  expect(hasBrowser({ BROWSER: 'none' }, 'darwin')).toBe(false);
});

it('the link stands in the page that is opened, and not in the command', () => {
  expect(pageTo('http://127.0.0.1:1/#x')).toContain('content="0;url=http://127.0.0.1:1/#x"');
  expect(['darwin', 'win32', 'linux'].map(openerOf)).toEqual([
    ['open'],
    ['cmd', '/c', 'start', ''],
    ['xdg-open'],
  ]);
});
