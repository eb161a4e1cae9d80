import { describe, expect, it } from 'vitest';
import { type BatchQuestion, type BatchTask, judgeBatch } from './judging-batch.ts';
import { type BatchHelper, judgeMany, type MakeBatchHelper } from './judging-many.ts';
import type { VerdictRow } from './verdict-row.ts';

const task = (id: string): BatchTask => ({
  id,
  input: { kind: 'spiffe-id', input: new TextEncoder().encode(`spiffe://org-a.test/${id}`) },
  bundles: 0,
});
const tasks = (count: number) => Array.from({ length: count }, (_, index) => task(`t${index}`));

/** Workers that judge, but never answer for some ids. */
function workers(stuckAt: (id: string) => boolean) {
  const log = { made: 0, ended: 0, given: 0, asked: 0 };
  const make: MakeBatchHelper = (onRows): BatchHelper => {
    log.made++;
    let over = false;
    return {
      ask: (question: BatchQuestion) => {
        log.asked++;
        const upTo = question.batch.findIndex(({ id }) => stuckAt(id));
        const batch = upTo < 0 ? question.batch : question.batch.slice(0, upTo);
        void judgeBatch({ ...question, batch }, (rows) => {
          if (!over) onRows(structuredClone(rows));
        });
      },
      done: () => void log.given++,
      end: () => {
        over = true;
        log.ended++;
      },
    };
  };
  return { log, make };
}

async function run(
  count: number,
  make: MakeBatchHelper,
  limit = 2000,
  signal = new AbortController().signal,
) {
  const rows = new Map<string, VerdictRow>();
  await judgeMany(
    {
      tasks: tasks(count),
      bundles: [new Map()],
      at: Date.now(),
      signal,
      onRow: (row) => rows.set(row.id, row),
    },
    make,
    limit,
    2,
  );
  return rows;
}

describe('S-18: many documents', () => {
  it('are judged by a few workers, which are given back', async () => {
    const { log, make } = workers(() => false);
    const rows = await run(95, make);
    expect(rows.size).toBe(95);
    expect([...rows.values()].every(({ verdict }) => verdict === 'valid')).toBe(true);
    expect(log).toMatchObject({ made: 2, given: 2, ended: 0, asked: 5 });
  });
  it('one of which hangs is told as that one, and all others are judged', async () => {
    const { make } = workers((id) => id === 't7');
    const rows = await run(30, make, 40);
    expect(rows.size).toBe(30);
    const bad = [...rows.values()].filter(({ verdict }) => verdict !== 'valid');
    expect(bad).toMatchObject([{ id: 't7', verdict: 'unreadable' }]);
    expect(bad[0]?.reason).toContain('took too long');
  });
  it('are judged by the page where there are no workers, or they break', async () => {
    expect((await run(25, () => undefined)).size).toBe(25);
    const breaking: MakeBatchHelper = (_onRows, onBroken) => ({
      ask: () => void Promise.resolve().then(onBroken),
      done: () => undefined,
      end: () => undefined,
    });
    expect((await run(25, breaking)).size).toBe(25);
  });
  it('are left when a person says stop', async () => {
    const { log, make } = workers(() => true);
    const stop = new AbortController();
    const running = run(60, make, 2000, stop.signal);
    stop.abort();
    expect((await running).size).toBe(0);
    expect(log.ended).toBe(2);
  });
  it('of nothing is over at once', async () => {
    expect((await run(0, () => undefined)).size).toBe(0);
  });
});
