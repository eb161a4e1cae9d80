import { startPracticeSlim } from '@muster/practice/slim/index';
import { expect, it, vi } from 'vitest';
import { startModerator } from './moderator.ts';

const NAME = 'acme/muster/moderator';
const ROOM = 'acme/ops/room';
const ALICE = 'acme/ops/alice';

const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 40_000, interval: 100 });
const NO_ANSWER = {
  state: 'degraded',
  reason: expect.stringMatching(/^no SLIM node answers at 127\.0\.0\.1:\d+ \(connection refused\)$/),
};

it('waits for a node that is not there, and outlives an outage of it', { timeout: 120_000 }, async () => {
  const gone = await startPracticeSlim();
  await gone.stop();
  const { endpoint, sharedSecret } = gone;
  const port = Number(new URL(endpoint).port);
  const moderator = startModerator({
    endpoint,
    name: NAME,
    identity: { kind: 'shared-secret', secret: sharedSecret },
  });
  const states: string[] = [];
  moderator.onState(({ state }) => states.push(state));
  expect(moderator.state()).toEqual({ state: 'connecting' });
  await until(() => expect(moderator.state()).toEqual(NO_ANSWER));
  expect(moderator.pid()).toBeUndefined();
  await expect(moderator.createChannel(ROOM, { mls: true })).rejects.toMatchObject({ code: 'not-ready' });

  let practice = await startPracticeSlim({ port, sharedSecret });
  await until(() => expect(moderator.state()).toEqual({ state: 'ready' }));
  await moderator.createChannel(ROOM, { mls: true });

  await practice.stop();
  await until(() => expect(moderator.state()).toEqual(NO_ANSWER));
  practice = await startPracticeSlim({ port, sharedSecret });
  await until(() => expect(moderator.state()).toEqual({ state: 'ready' }));
  // Whether the bindings reconnect by themselves or the worker is replaced is up to chance; the channel is there.
  await until(() => moderator.invite(ROOM, ALICE));
  expect(moderator.members(ROOM).map((one) => one.name)).toEqual([NAME, ALICE]);
  expect(states.filter((state, n) => state !== states[n - 1])).toEqual([
    'degraded',
    'ready',
    'degraded',
    'ready',
  ]);
  await moderator.close();
  await practice.stop();
});
