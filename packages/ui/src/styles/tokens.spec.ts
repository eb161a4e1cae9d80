// @vitest-environment node
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split("[data-theme='dark']");
const read = (text: string) =>
  new Map([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
const themes = { light: read(light), dark: new Map([...read(light), ...read(dark)]) };

/** Relative luminance and contrast (WCAG 2.2, 1.4.3). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const surfaces = ['bg', 'panel', 'sunken'];
const pairs = [
  ...['text', 'muted', 'faint', 'accent'].flatMap((text) => surfaces.map((on) => [text, on] as const)),
  ...['td1', 'td2', 'td3', 'td4', 'td5', 'td6'].map((td) => [td, 'panel'] as const),
  ...['ok', 'warn', 'bad', 'unknown', 'info'].map((tone) => [tone, `${tone}-soft`] as const),
  ['text', 'warn-soft'] as const,
  ['text', 'bad-soft'] as const,
  ['accent', 'accent-soft'] as const,
  ['muted', 'accent-soft'] as const,
  ['on-accent', 'accent'] as const,
  ['on-bad', 'bad'] as const,
  ['on-tip', 'tip'] as const,
];

describe.each(Object.entries(themes))('%s', (_name, tokens) => {
  it.each(pairs)('%s on %s can be read (4.5:1)', (text, on) => {
    expect(contrast(tokens.get(text) ?? '', tokens.get(on) ?? '')).toBeGreaterThanOrEqual(4.5);
  });
  it('draws the edge of a field so that it can be seen (3:1)', () => {
    for (const on of ['bg', 'panel'])
      expect(contrast(tokens.get('edge') ?? '', tokens.get(on) ?? '')).toBeGreaterThanOrEqual(3);
  });
});
