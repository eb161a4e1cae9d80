import { readFileSync } from 'node:fs';
import { clientConfig, errorText, loadBindings, toName, toText } from '@muster/practice/slim/bindings';
import type { SlimSession } from '@muster/practice/slim/bindings';

// One real application on a node, by the bindings alone: joins what it is invited to, or makes a channel, says what it
// is told to, and tells what it heard. `node talker-process.ts ENDPOINT SECRETFILE NAME`.
const [endpoint = '', secretFile = '', name = ''] = process.argv.slice(2);

export type TalkerQuestion =
  /** Makes the channel and invites. */
  | { readonly ask: 'open'; readonly channel: string; readonly members: readonly string[] }
  /** Says `<text> 0` to `<text> <count - 1>`, so many at a time; answers the milliseconds until all were confirmed. */
  | {
      readonly ask: 'say';
      readonly channel: string;
      readonly text: string;
      readonly count: number;
      readonly atOnce: number;
    }
  /** One payload of so many bytes, all of this value. */
  | {
      readonly ask: 'send';
      readonly channel: string;
      readonly type: string;
      readonly byte: number;
      readonly size: number;
    }
  /** What was heard in the channel so far; waits until it is so much. */
  | { readonly ask: 'heard'; readonly channel: string; readonly count: number };

export interface Said {
  readonly from: string;
  readonly text: string;
}
export type TalkerAnswer = { readonly value: unknown } | { readonly error: string };

const rooms = new Map<string, SlimSession>();
const heard = new Map<string, Said[]>();
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

try {
  const slim = await loadBindings();
  const service = slim.createService(`talker-${process.pid}`);
  const connection = await service.connectAsync(clientConfig(slim, endpoint));
  const app = service.createAppWithSecret(toName(slim, name), readFileSync(secretFile, 'utf8').trim());
  await app.subscribeAsync(app.name(), connection);

  const take = (session: SlimSession): void => {
    const channel = toText(session.destination());
    rooms.set(channel, session);
    const all: Said[] = [];
    heard.set(channel, all);
    void listen(session, all);
  };
  const accept = async (): Promise<never> => {
    for (;;) {
      try {
        take(await app.listenForSessionAsync(undefined));
      } catch {
        await pause(200);
      }
    }
  };
  const open = async (channel: string, members: readonly string[]): Promise<void> => {
    const session = await app.createSessionAndWaitAsync(
      {
        sessionType: slim.SessionType.Group,
        maxRetries: 5,
        interval: 1000,
        metadata: new Map(),
        mlsSettings: { headerIntegrityValidationPercent: 100, maxSeenControlMessageIdsSize: undefined },
      },
      toName(slim, channel),
    );
    take(session);
    for (const member of members) {
      const one = toName(slim, member);
      await app.setRouteAsync(one, connection);
      await session.inviteAndWaitAsync(one);
    }
  };
  const answer = async (question: TalkerQuestion): Promise<unknown> => {
    if (question.ask === 'open') return open(question.channel, question.members);
    const session = rooms.get(question.channel);
    if (!session) throw new Error(`${name} is not in ${question.channel}.`);
    if (question.ask === 'heard') {
      const all = heard.get(question.channel) ?? [];
      while (all.length < question.count) await pause(20);
      return all;
    }
    if (question.ask === 'send') {
      const bytes = new Uint8Array(question.size).fill(question.byte);
      return session.publishAndWaitAsync(bytes.buffer, question.type, undefined);
    }
    const { text, count, atOnce } = question;
    const began = performance.now();
    const confirming = new Set<Promise<void>>();
    for (let index = 0; index < count; index += 1) {
      const bytes = new TextEncoder().encode(`${text} ${index}`);
      const sent = await session.publishAsync(bytes.buffer, 'text/plain', undefined);
      const confirmed = sent.waitAsync().finally(() => confirming.delete(confirmed));
      confirming.add(confirmed);
      if (confirming.size >= atOnce) await Promise.race(confirming);
    }
    await Promise.all(confirming);
    return performance.now() - began;
  };
  void accept();
  process.on('message', (question: TalkerQuestion) => {
    void answer(question).then(
      (value) => process.send?.({ value } satisfies TalkerAnswer),
      (error) => process.send?.({ error: errorText(error) } satisfies TalkerAnswer),
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.('ready');
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exit(1);
}

async function listen(session: SlimSession, all: Said[]): Promise<void> {
  for (;;) {
    try {
      const { context, payload } = await session.getMessageAsync(undefined);
      all.push({ from: toText(context.sourceName), text: Buffer.from(payload).toString('utf8') });
    } catch (error) {
      if (/closed/iu.test(errorText(error))) return;
      await pause(50);
    }
  }
}
