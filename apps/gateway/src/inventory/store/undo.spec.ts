import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Store, startStore } from './client.ts';
import { mostUndo } from './undo.ts';

let store: Store;
beforeEach(() => {
  store = startStore(undefined);
});
afterEach(() => store.close());

const inverse = (input: string, digest = `of ${input.slice(0, 20)}`) => ({
  action: 'entry.delete',
  digest,
  input,
});
const at = 1_800_000_000_000;

describe('what undoes a record', () => {
  it('is kept with it, and says what undid it', async () => {
    await store.noteUndo({ record: 'a', at, asked: 'create', inverse: inverse('{"ids":["1"]}', 'delete 1') });
    expect(await store.undoInput('a')).toBe('{"ids":["1"]}');
    expect(await store.undosOf(['a', 'b'])).toEqual([
      { record: 'a', action: 'entry.delete', size: 13, kept: true, undoneBy: '' },
    ]);
    // Something else, then the inverse itself, then the inverse once more.
    await store.noteUndo({ record: 'b', at, asked: 'delete 2' });
    expect((await store.undosOf(['a']))[0]?.undoneBy).toBe('');
    await store.noteUndo({ record: 'c', at, asked: 'delete 1' });
    await store.noteUndo({ record: 'd', at, asked: 'delete 1' });
    expect((await store.undosOf(['a']))[0]?.undoneBy).toBe('c');
  });

  it('is what was noted last: while it was under way, or at its end', async () => {
    await store.noteUndo({ record: 'a', at, asked: 'create', inverse: inverse('{"ids":["1"]}') });
    await store.noteUndo({ record: 'a', at, asked: 'create', inverse: inverse('{"ids":["1","2"]}') });
    expect(await store.undoInput('a')).toBe('{"ids":["1","2"]}');
    await store.noteUndo({ record: 'a', at, asked: 'create' });
    expect(await store.undosOf(['a'])).toEqual([]);
  });

  it('does not undo itself where the inverse is the same again', async () => {
    await store.noteUndo({ record: 'a', at, asked: 'same', inverse: inverse('{}', 'same') });
    expect((await store.undosOf(['a']))[0]?.undoneBy).toBe('');
  });

  it('is not kept when it is larger than a record may have, and its size is', async () => {
    const input = `{"x":"${'é'.repeat(mostUndo / 2)}"}`;
    await store.noteUndo({ record: 'big', at, asked: 'x', inverse: inverse(input) });
    expect(await store.undosOf(['big'])).toMatchObject([{ kept: false, size: mostUndo + 8 }]);
    expect(await store.undoInput('big')).toBeUndefined();
  });

  it('makes room for newer ones, the oldest first', async () => {
    const input = `"${'x'.repeat(mostUndo - 2)}"`;
    for (let i = 0; i < 34; i++)
      await store.noteUndo({ record: `r${i}`, at: at + i, asked: `a${i}`, inverse: inverse(input, `d${i}`) });
    const kept = (await store.undosOf(Array.from({ length: 34 }, (_, i) => `r${i}`))).map((row) => row.kept);
    expect(kept).toEqual([false, false, ...Array<boolean>(32).fill(true)]);
    expect(await store.undoInput('r33')).toBe(input);
  }, 30_000);
});
