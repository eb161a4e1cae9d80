import { describe, expect, it } from 'vitest';
import { blockWords, GramBlock, termOf } from './grams.ts';

/** Repeatable numbers from 0 to below `most` (xorshift). */
function randomFrom(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % most;
  };
}

function asked(block: GramBlock, texts: readonly string[], search: string) {
  const out = new Uint32Array(blockWords);
  const sure = block.match(termOf(search), out);
  const has = (row: number): boolean => (((out[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1;
  const found = texts.flatMap((_text, row) => (has(row) ? [row] : []));
  const wanted = texts.flatMap((text, row) => (text.includes(search) ? [row] : []));
  return { sure, found, wanted };
}

describe('a block of the text index', () => {
  it('finds every row that has a term, and only those where it says that it is sure', () => {
    const random = randomFrom(20_261_123);
    let sureOfMany = 0;
    for (let round = 0; round < 12; round += 1) {
      // Few letters, so that the same three stand in many surroundings; some repeat themselves.
      const letters = ['ab', 'abc:', 'aé~b', 'abcdefgh/0'][round % 4] ?? 'ab';
      const word = (most: number): string =>
        Array.from({ length: 1 + random(most) }, () => letters[random(letters.length)] ?? '').join('');
      const words = Array.from({ length: 6 }, () => word(14));
      const texts = Array.from({ length: 400 }, () =>
        Array.from({ length: 1 + random(3) }, () =>
          random(12) === 0 ? word(9) : (words[random(words.length)] ?? ''),
        ).join(random(4) === 0 ? '' : '\n'),
      );
      const block = new GramBlock(texts);
      const wrong: string[] = [];
      for (let time = 0; time < 200; time += 1) {
        const text = texts[random(texts.length)] ?? '';
        const from = random(text.length);
        const piece = text.slice(from, from + 1 + random(18)).split('\n')[0] ?? '';
        const search = random(3) === 0 ? `${piece}${word(3)}` : piece;
        if (search === '') continue;
        const { sure, found, wanted } = asked(block, texts, search);
        const right = sure ? found.join() === wanted.join() : wanted.every((row) => found.includes(row));
        if (!right) wrong.push(search);
        if (sure && search.length > 3 && wanted.length > 30) sureOfMany += 1;
      }
      expect(wrong, letters).toEqual([]);
    }
    expect(sureOfMany).toBeGreaterThan(100);
  });

  it('is sure of words whose letters lead to each other, and not of those put together from others', () => {
    const texts = Array.from({ length: 2000 }, (_none, at) =>
      [
        `spiffe://a.example/fleet/${['payments', 'identity', 'tenants'][at % 3]}/${at}`,
        `k8s:ns:${['payments', 'identity', 'tenants'][at % 3]}`,
        at % 5 === 0 ? 'unix' : 'nite',
      ].join('\n'),
    );
    const block = new GramBlock(texts);
    for (const search of ['payments', 'ns:paym', 'fleet/tenants', 'k8s:ns:', 'spiffe://a.example/fleet/']) {
      const { sure, found, wanted } = asked(block, texts, search);
      expect(sure, search).toBe(true);
      expect(found, search).toEqual(wanted);
      expect(wanted.length, search).toBeGreaterThan(600);
    }
    // "ent" and "nts" are there, and "ents" of two words: only "yments" and "nants" tell which.
    expect(asked(block, texts, 'ments').found.length).toBeGreaterThan(600);
    // Each three of "unite" occur, never in this order.
    expect(asked(block, texts, 'unite').found).toEqual([]);
  });

  it('looks at characters that share a class as not told apart', () => {
    const texts = Array.from({ length: 100 }, (_none, at) => (at % 2 === 0 ? 'abc~def' : 'abc^def'));
    const { sure, found, wanted } = asked(new GramBlock(texts), texts, 'abc~def');
    expect({ sure, found: found.length, wanted: wanted.length }).toEqual({
      sure: false,
      found: 100,
      wanted: 50,
    });
  });
});
