import { afterEach, describe, expect, it, vi } from 'vitest';
import type { IntakeAnswer, IntakeRequest } from './intake.ts';
import { takeInBeside } from './taking.ts';

afterEach(() => vi.unstubAllGlobals());

type Message = Record<string, unknown>;

/** A worker that notes what it is sent, and says what it is told to. */
function fakeWorkers() {
  const made: FakeWorker[] = [];
  class FakeWorker extends EventTarget {
    readonly sent: Message[] = [];
    ended = false;
    constructor() {
      super();
      made.push(this);
    }
    postMessage(message: Message) {
      this.sent.push(message);
    }
    terminate() {
      this.ended = true;
    }
    say(data: Message) {
      this.dispatchEvent(new MessageEvent('message', { data }));
    }
  }
  vi.stubGlobal('Worker', FakeWorker);
  return made;
}

const answer = (sawKeys: boolean): IntakeAnswer => ({ documents: [], updates: [], refused: [], sawKeys });
const request = (count: number): IntakeRequest => ({
  sources: Array.from({ length: count }, (_, index) => ({ name: `f${index}`, bytes: new Uint8Array() })),
  known: [],
  keys: 'use',
  at: 0,
});
const settled = (ms = 30) => new Promise((resolve) => setTimeout(resolve, ms));

describe('taking in beside the page', () => {
  it('S-13: ends the worker that saw a private key, and keeps another for the next', async () => {
    const made = fakeWorkers();
    const first = takeInBeside(request(1), () => undefined);
    await settled();
    made[0]?.say({ answer: answer(false) });
    await first.answer;
    expect(made[0]?.ended).toBe(false);
    const second = takeInBeside(request(1), () => undefined);
    await settled();
    expect(made).toHaveLength(1);
    made[0]?.say({ answer: answer(true) });
    await second.answer;
    expect(made[0]?.ended).toBe(true);
  });
  it('sends a thousand files in portions', async () => {
    const made = fakeWorkers();
    const taking = takeInBeside(request(120), () => undefined);
    const sent = () =>
      made[0]?.sent.map((one) => ('sources' in one ? (one['sources'] as unknown[]).length : 'question'));
    await vi.waitFor(() => expect(sent()).toEqual([50, 50, 20, 'question']), 5000);
    taking.cancel();
    await expect(taking.answer).rejects.toMatchObject({ why: 'cancelled' });
    expect(made[0]?.ended).toBe(true);
  });
  it('S-18: gives up a worker that is silent for too long, and not one that says how far it is', async () => {
    const made = fakeWorkers();
    const silent = takeInBeside(request(1), () => undefined, 20);
    await expect(silent.answer).rejects.toMatchObject({ why: 'too-long' });
    expect(made[0]?.ended).toBe(true);
    const progress: unknown[] = [];
    const slow = takeInBeside(request(1), (one) => progress.push(one), 400);
    for (let turn = 0; turn < 4; turn++) {
      await settled(150);
      made[1]?.say({ progress: { step: 'reading', done: turn, total: 4 } });
    }
    made[1]?.say({ answer: answer(false) });
    await expect(slow.answer).resolves.toMatchObject({ sawKeys: false });
    expect(progress).toHaveLength(4);
  });
});
