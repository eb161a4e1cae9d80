import { expect, test } from 'vitest';
import { withLock } from './lock.ts';

test('two that name the same lock run one after the other', async () => {
  const order: string[] = [];
  const said: string[] = [];
  const name = `lock.spec ${process.pid}`;
  const work = (who: string) => async (): Promise<void> => {
    order.push(`${who} in`);
    await new Promise((done) => setTimeout(done, 20));
    order.push(`${who} out`);
  };
  await Promise.all(['one', 'two'].map((who) => withLock(name, (line) => said.push(line), work(who))));
  const [first, second] = order[0] === 'one in' ? ['one', 'two'] : ['two', 'one'];
  expect(order).toEqual([`${first} in`, `${first} out`, `${second} in`, `${second} out`]);
  expect(said[0]).toContain('waiting');
});

test('a lock is let go of when the work fails', async () => {
  const fails = withLock('lock.spec failure', console.log, () => Promise.reject(new Error('no')));
  await expect(fails).rejects.toThrow('no');
  await expect(withLock('lock.spec failure', console.log, async () => 'yes')).resolves.toBe('yes');
});
