import { type NewMessage, Topic, WatchService } from '@muster/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, openRealConsole, type RealConsole } from './console.ts';
import { startTalker, type Talker } from './talker.ts';

const MESSAGES = 1000;
const room = { connection: 'node-a', channel: 'agntcy/messages/room' };
const [alice, bob] = ['agntcy/messages/alice', 'agntcy/messages/bob'];

let real: RealConsole;
let talkers: Talker[] = [];
const told: NewMessage[] = [];
const stop = new AbortController();

const texts = (what: string, count = MESSAGES): string[] =>
  Array.from({ length: count }, (_, index) => `${what} ${index}`);
const toldBy = (name: string): string[] =>
  told.flatMap(({ message }) => (message?.from === name ? [message.text] : []));

/** As a window of the page does it. */
async function listen(): Promise<void> {
  const topics = [Topic.MESSAGES];
  for await (const { event } of real.client(WatchService).watch({ topics }, { signal: stop.signal })) {
    if (event.case === 'message' && event.value.channel === room.channel) told.push(event.value);
    // That would be a window that did not keep up, and reads again: here each message is to be told.
    if (event.case === 'invalidated') throw new Error('The stream left messages out.');
  }
}

let listening: Promise<void>;
let failure: unknown;
beforeAll(async () => {
  real = await openRealConsole();
  listening = listen().catch((error: unknown) => {
    if (!stop.signal.aborted) failure = error;
  });
  const { nodeA, sharedSecretFile } = real.stack.slim;
  talkers = await Promise.all([alice, bob].map((one) => startTalker(nodeA.dataplane, sharedSecretFile, one)));
  await eventually(60, () => real.act('channel.create', { connection: 'node-a', name: room.channel }));
  await real.act('member.invite', { ...room, members: [alice, bob] });
});
afterAll(async () => {
  stop.abort();
  await listening;
  await real.act('channel.delete', { connection: room.connection, name: room.channel }).catch(() => {});
  for (const one of talkers) await one.kill();
  await real.close();
});

it('a thousand messages of a member are told and listed: none lost, none twice, in order', async () => {
  await talkers[0]?.say(room.channel, 'in', MESSAGES, 32);
  await eventually(30, async () => toldBy(alice).length >= MESSAGES);
  expect(failure).toBeUndefined();
  expect(toldBy(alice)).toEqual(texts('in'));
  const { messages, earlier } = await real.groups.listMessages(room);
  expect(messages.map(({ text }) => text)).toEqual(texts('in'));
  expect(earlier).toBe(0n);
  for (const one of messages) expect(one.fromIdentity).toBe(alice);
});

it('two members at once are each told in their order, and the older ones counted', async () => {
  told.length = 0;
  await Promise.all(talkers.map((one) => one.say(room.channel, 'both', MESSAGES / 2, 16)));
  await eventually(30, async () => told.length >= MESSAGES);
  expect(failure).toBeUndefined();
  for (const name of [alice, bob]) expect(toldBy(name)).toEqual(texts('both', MESSAGES / 2));
  const { messages, earlier } = await real.groups.listMessages(room);
  expect(messages.map(({ id }) => id)).toEqual(told.map(({ message }) => message?.id));
  expect([messages.length, earlier]).toEqual([MESSAGES, BigInt(MESSAGES)]);
  expect(told.at(-1)?.earlier).toBe(earlier);
});

it(
  'a thousand messages of ours are heard by both, none lost, none twice, in the order we show',
  {
    timeout: 180_000,
  },
  async () => {
    const mine = texts('out');
    for (let at = 0; at < MESSAGES; at += 20)
      await Promise.all(mine.slice(at, at + 20).map((text) => real.act('message.send', { ...room, text })));
    const { messages } = await real.groups.listMessages(room);
    const shown = messages.map(({ text }) => text);
    expect(shown.toSorted()).toEqual(mine.toSorted());
    const before = MESSAGES / 2;
    for (const one of talkers) {
      const others = one.name === alice ? before : before + MESSAGES;
      const heard = (await one.heard(room.channel, others + MESSAGES)).filter(
        ({ from }) => from !== alice && from !== bob,
      );
      expect(heard.map(({ text }) => text)).toEqual(shown);
    }
  },
);

it('what is no text, too long, or hostile is told for what it is', async () => {
  told.length = 0;
  const [one] = talkers;
  await one?.send(room.channel, { type: 'application/octet-stream', byte: 0xff, size: 1_000_000 });
  await one?.send(room.channel, { type: 'text/plain', byte: 0xff, size: 10 });
  await one?.send(room.channel, { type: 'text/plain', byte: 'é'.charCodeAt(0) & 0x7f, size: 1_000_000 });
  await one?.send(room.channel, { type: 'text/plain', byte: 0x1b, size: 2 });
  await one?.send(room.channel, { type: `x${'\u202e'}evil`, byte: 0x41, size: 1 });
  await eventually(30, async () => told.length >= 5);
  expect(told.map(({ message }) => [message?.text.length, message?.payloadBytes, message?.textCut])).toEqual([
    [0, 1_000_000, false],
    [0, 10, false],
    [65_538, 1_000_000, true],
    ['\\u{1b}\\u{1b}'.length, 2, false],
    [0, 1, false],
  ]);
  expect(told.at(-1)?.message?.payloadType).toBe('x\\u{202e}evil');
});
