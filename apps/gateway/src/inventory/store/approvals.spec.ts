import { expect, it } from 'vitest';
import { openStore } from './open.ts';

it('keeps the newest 500 decisions, each once, newest first', () => {
  const store = openStore(':memory:');
  for (let at = 0; at < 600; at += 1) store.approvalDecided(`a-${at}`, at, JSON.stringify({ at }));
  store.approvalDecided('a-599', 599, JSON.stringify({ at: 599, again: true }));
  const kept = store.keptApprovals();
  expect(kept).toHaveLength(500);
  expect(kept[0]).toBe('{"at":599,"again":true}');
  expect(kept.at(-1)).toBe('{"at":100}');
  store.close();
});
