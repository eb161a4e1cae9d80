import { expect, it } from 'vitest';
import type { AuditLine } from './chain.ts';
import { recordTogether } from './together.ts';

const line = (record: string): AuditLine => ({
  record,
  at: 0,
  action: 'message.send',
  title: '',
  session: '',
  client: '',
  role: 'moderator',
  state: 'started',
  detail: '',
  digest: '',
});

/** A disk whose flushes end when they are told to. */
function slowDisk() {
  const flushes: { records: string[]; end: (error?: Error) => void }[] = [];
  const record = recordTogether((...lines) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    flushes.push({
      records: lines.map((one) => one.record),
      end: (error) => (error ? reject(error) : resolve()),
    });
    return promise;
  });
  const answers: string[] = [];
  const ask = (name: string): void =>
    void record(line(name)).then(
      () => answers.push(name),
      (error: Error) => answers.push(`${name}: ${error.message}`),
    );
  /** What flush this is, once it has begun. */
  const flush = async (at: number) => {
    await new Promise(setImmediate);
    return flushes[at];
  };
  return { ask, answers, flush };
}

it('S-29: lines that come during a flush share the next, in order, and none is answered before it', async () => {
  const { ask, answers, flush } = slowDisk();
  for (const name of ['a', 'b', 'c']) ask(name);
  expect((await flush(0))?.records).toEqual(['a']);
  expect(answers).toEqual([]);
  (await flush(0))?.end();
  expect((await flush(1))?.records).toEqual(['b', 'c']);
  expect(answers).toEqual(['a']);
  ask('d');
  (await flush(1))?.end();
  expect((await flush(2))?.records).toEqual(['d']);
  expect(answers).toEqual(['a', 'b', 'c']);
  (await flush(2))?.end();
  await flush(3);
  expect(answers).toEqual(['a', 'b', 'c', 'd']);
});

it('S-29: a line that cannot be written fails alone, and what comes after it is written', async () => {
  const { ask, answers, flush } = slowDisk();
  for (const name of ['a', 'b', 'c']) ask(name);
  (await flush(0))?.end();
  (await flush(1))?.end(new Error('no'));
  (await flush(2))?.end(new Error('disk full'));
  expect((await flush(3))?.records).toEqual(['c']);
  (await flush(3))?.end();
  ask('d');
  (await flush(4))?.end();
  await flush(5);
  expect(answers).toEqual(['a', 'b: disk full', 'c', 'd']);
});

it('flushes 256 lines at once at most', async () => {
  const { ask, flush } = slowDisk();
  for (let index = 0; index < 300; index += 1) ask(String(index));
  (await flush(0))?.end();
  expect((await flush(1))?.records).toHaveLength(256);
  (await flush(1))?.end();
  expect((await flush(2))?.records).toHaveLength(43);
  (await flush(2))?.end();
});
