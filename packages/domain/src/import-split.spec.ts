import { describe, expect, it } from 'vitest';
import { splitImport } from './import-split.ts';

const limits = { partBytes: 200, partRows: 3 };
const partsOf = (text: string, of = limits): string[] => {
  const split = splitImport(text, of);
  if (!split.ok) throw new Error(split.reason);
  return split.parts;
};
/** Line of the n-th match in a text, from 1. */
const lineOf = (text: string, word: string) => text.slice(0, text.indexOf(word)).split('\n').length;

describe('splitImport', () => {
  it('leaves a small file as it is, but for its byte order mark', () => {
    expect(partsOf('\ufeffa,b\n1,2\n')).toEqual(['a,b\n1,2\n']);
    expect(partsOf('- a: 1\n')).toEqual(['- a: 1\n']);
  });

  it('cuts CSV between records, with the header in each part and lines as they were', () => {
    const rows = Array.from({ length: 10 }, (_one, n) => `row${n},"two\nlines, ${n}"`);
    const text = `a,b\n${rows.join('\n')}\n`;
    const parts = partsOf(text);
    expect(parts.length).toBeGreaterThan(3);
    for (const [n] of rows.entries()) {
      const holders = parts.filter((part) => part.includes(`row${n},`));
      expect(holders).toHaveLength(1);
      expect(lineOf(holders[0] ?? '', `row${n},`)).toBe(lineOf(text, `row${n},`));
    }
    for (const part of parts) {
      expect(part.startsWith('a,b\n')).toBe(true);
      expect(part.length).toBeLessThanOrEqual(limits.partBytes);
    }
  });

  it.each([
    ['a list', (items: string) => `[\n${items}\n]`],
    ['an object with entries', (items: string) => `{\n"entries": [\n${items}\n]\n}`],
  ])('cuts JSON, %s, between elements', (_name, wrap) => {
    const items = Array.from({ length: 7 }, (_one, n) => JSON.stringify({ id: `id${n}`, text: '},{[" \\' }));
    const text = wrap(items.join(',\n'));
    const parts = partsOf(text);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flatMap((part) => JSON.parse(part) as { id: string }[]).map(({ id }) => id)).toEqual(
      items.map((_item, n) => `id${n}`),
    );
    for (const part of parts.slice(1)) {
      const [first] = JSON.parse(part) as { id: string }[];
      expect(lineOf(part, `"${first?.id}"`)).toBe(lineOf(text, `"${first?.id}"`));
    }
  });

  it('says what to do with what cannot be cut', () => {
    expect(splitImport(`- a: ${'x'.repeat(300)}`, limits)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('only CSV and JSON') as string,
    });
    expect(splitImport(`a,b\n${'x'.repeat(300)}`, limits)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('One row alone') as string,
    });
    expect(splitImport(`{"a": "${'x'.repeat(300)}"}`, limits)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('no list') as string,
    });
  });

  it('counts bytes, not characters', () => {
    const rows = Array.from({ length: 20 }, () => 'é€😀,x').join('\n');
    for (const part of partsOf(`a,b\n${rows}`, { partBytes: 60, partRows: 100 }))
      expect(new TextEncoder().encode(part).length).toBeLessThanOrEqual(60);
  });
});
