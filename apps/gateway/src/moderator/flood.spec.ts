import { startPracticeSlim } from '@muster/practice/slim/index';
import type { PracticeSlim } from '@muster/practice/slim/index';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startModerator } from './moderator.ts';
import type { Moderator } from './types.ts';

const MESSAGES = 1000;
const ROOM = 'acme/flood/room';
const [FROM, TO] = ['acme/flood/from', 'acme/flood/to'];

let practice: PracticeSlim;
const running: Moderator[] = [];
beforeAll(async () => {
  practice = await startPracticeSlim({ pace: { minMs: 600_000, maxMs: 600_000 } });
}, 60_000);
afterAll(async () => {
  for (const one of running) await one.close();
  await practice.stop();
}, 30_000);

const start = async (name: string): Promise<Moderator> => {
  const secret = practice.sharedSecret;
  const one = startModerator({
    endpoint: practice.endpoint,
    name,
    identity: { kind: 'shared-secret', secret },
  });
  running.push(one);
  await vi.waitFor(() => expect(one.state()).toEqual({ state: 'ready' }), { timeout: 30_000 });
  return one;
};

it(
  'a thousand messages arrive, none lost, each once, in order, and are all shown',
  { timeout: 120_000 },
  async () => {
    const [from, to] = [await start(FROM), await start(TO)];
    const told: string[] = [];
    to.onEvent((event) => event.type === 'message' && told.push(event.message.text));
    await from.createChannel(ROOM, { mls: true });
    const joining = to.join(ROOM, 20_000);
    await from.invite(ROOM, TO);
    await joining;
    const texts = Array.from({ length: MESSAGES }, (_, index) => `message ${index}`);
    await Promise.all(texts.map((text) => from.publish(ROOM, text)));
    await vi.waitFor(() => expect(told).toHaveLength(MESSAGES), { timeout: 30_000, interval: 100 });
    expect(told).toEqual(texts);
    expect(to.messages(ROOM).map((one) => one.text)).toEqual(texts);
    expect(from.messages(ROOM).map((one) => one.text)).toEqual(texts);
  },
);
