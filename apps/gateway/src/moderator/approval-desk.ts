import { randomUUID } from 'node:crypto';
import { errorText, toText, within } from '@muster/practice/slim/bindings';
import type { SlimApp, SlimBindings, SlimMessage, SlimSession } from '@muster/practice/slim/bindings';
import type { ApprovalNote } from './approval-relay.ts';
import { moderatorError, plain } from './errors.ts';

const SERVICE = 'channel_manager.proto.v1.ChannelOwnerApproval';
const METHOD = 'RequestApproval';
const MAX_REQUEST_BYTES = 16 * 1024;
/** Each request comes in a session of its own; more at once are turned away unread. */
const MAX_SESSIONS = 200;
/** A session in which nothing is asked, or to which an answer was given, is left open no longer. */
const IDLE_MS = 75_000;
/** Messages of one session, and how long it may go on at all: who says nothing of use all day holds no place. */
const MAX_MESSAGES = 400;
const MAX_SESSION_MS = 300_000;
const LINGER_MS = 5000;
const SEND_MS = 10_000;
const END_MS = 5000;
/** Codes of gRPC, which slim-rpc takes over. */
const OK = '0';
const INVALID_ARGUMENT = '3';
const RESOURCE_EXHAUSTED = '8';
const UNIMPLEMENTED = '12';

export interface DeskParts {
  slim: SlimBindings;
  /** An app for this alone: its sessions are requests, and nobody else may take them. */
  app: SlimApp;
  note(note: ApprovalNote): void;
}

interface Caller {
  session: SlimSession;
  rpc: string;
}

/**
 * The worker's side: answers slim-rpc by hand. The bindings' own Server would do, but tells its handlers nothing of
 * who asks, and takes every session that comes to its app. A call is one message with `service`, `method` and
 * `rpc-id`, then an empty one with a code; the answer is the same with the code first.
 */
export class WorkerDesk {
  readonly #parts: DeskParts;
  readonly #callers = new Map<string, Caller>();
  #sessions = 0;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    void this.#serve();
  }

  async answer(id: string, response: Uint8Array): Promise<void> {
    const caller = this.#callers.get(id);
    if (!caller) throw moderatorError('nobody-asks');
    // Whoever has its answer ends the session, which is no withdrawal then.
    this.#callers.delete(id);
    try {
      await send(caller, OK, response);
    } catch (error) {
      // Sent it was: only that it arrived is not known.
      throw moderatorError('no-confirmation', plain(errorText(error)));
    }
  }

  async #serve(): Promise<void> {
    const { slim, app, note } = this.#parts;
    note({ kind: 'approvals-open' });
    for (let failures = 0; ;) {
      try {
        const session = await app.listenForSessionAsync(undefined);
        failures = 0;
        // Groups are none of this: an invitation to one is left again.
        if (session.sessionType() === slim.SessionType.Group || this.#sessions >= MAX_SESSIONS)
          void this.#end(session);
        else void this.#hear(session);
      } catch (error) {
        // Nothing else tells that the app is gone for good.
        if (++failures > 10) return note({ kind: 'approvals-shut', reason: plain(errorText(error)) });
        await new Promise((resolve) => setTimeout(resolve, 200 * failures));
      }
    }
  }

  async #hear(session: SlimSession): Promise<void> {
    this.#sessions += 1;
    const asked = new Set<string>();
    const until = performance.now() + MAX_SESSION_MS;
    let anything = false;
    let reason = 'The channel manager stopped waiting.';
    try {
      for (let heard = 0; heard < MAX_MESSAGES && performance.now() < until; heard += 1) {
        // Those that were answered meanwhile are nobody's any more.
        for (const id of asked) if (!this.#callers.has(id)) asked.delete(id);
        const ms = anything && asked.size === 0 ? LINGER_MS : IDLE_MS;
        const id = await this.#take(session, await session.getMessageAsync(ms));
        if (id === undefined) continue;
        asked.add(id);
        anything = true;
      }
    } catch (error) {
      const text = errorText(error);
      if (!/timeout|closed/iu.test(text)) reason = 'The SLIM session it was asked in broke.';
    }
    for (const id of asked)
      if (this.#callers.delete(id)) this.#parts.note({ kind: 'approval-withdrawn', id, reason });
    await this.#end(session);
    this.#sessions -= 1;
  }

  /** The id of the request that a message is; undefined when it is none. */
  async #take(session: SlimSession, { context, payload }: SlimMessage): Promise<string | undefined> {
    // `context.identity` is the sender's bearer token: it must not go further than this line.
    const { metadata, sourceName } = context;
    const rpc = metadata.get('rpc-id') ?? '';
    // A code is the end of what is asked. That nobody waits any more is told by the session's end only.
    if (metadata.has('slimrpc-code') || rpc === '') return undefined;
    const caller = { session, rpc };
    if (metadata.get('service') !== SERVICE || metadata.get('method') !== METHOD) {
      await send(caller, UNIMPLEMENTED).catch(() => {});
      return undefined;
    }
    if (payload.byteLength > MAX_REQUEST_BYTES || rpc.length > 200) {
      await send(caller, INVALID_ARGUMENT).catch(() => {});
      return undefined;
    }
    // One session may carry several calls, but nothing says that it may carry a flood.
    if (this.#callers.size >= MAX_SESSIONS) {
      await send(caller, RESOURCE_EXHAUSTED).catch(() => {});
      return undefined;
    }
    const id = randomUUID();
    this.#callers.set(id, caller);
    this.#parts.note({
      kind: 'approval-asked',
      asked: {
        id,
        from: toText(sourceName),
        fromInstance: sourceName.id(),
        request: new Uint8Array(payload),
      },
    });
    return id;
  }

  async #end(session: SlimSession): Promise<void> {
    await within(END_MS, 'ending a session', (signal) =>
      this.#parts.app.deleteSessionAndWaitAsync(session, { signal }),
    ).catch(() => {});
  }
}

/** The answer, then the end of it, which the caller waits for. */
async function send({ session, rpc }: Caller, code: string, payload?: Uint8Array): Promise<void> {
  const metadata = new Map([
    ['rpc-id', rpc],
    ['slimrpc-code', code],
  ]);
  const publish = (bytes: Uint8Array): Promise<void> =>
    within(SEND_MS, 'answering', (signal) =>
      // A copy: the bytes may be a part of a larger buffer.
      session.publishAndWaitAsync(bytes.slice().buffer, 'msg', metadata, { signal }),
    );
  if (!payload) return publish(new Uint8Array());
  await publish(payload);
  // The session may end before it is confirmed: the answer is there by then.
  await publish(new Uint8Array()).catch(() => {});
}
