import { randomBytes } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import type { Transport } from '@connectrpc/connect';
import {
  ControllerService,
  ControlMessageSchema,
} from '@muster/wire/gen/slim/node/controller/v1/controller_pb.js';
import type { ControlMessage } from '@muster/wire/gen/slim/node/controller/v1/controller_pb.js';
import { either } from '../../signals.ts';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import { partOf } from './lists.ts';
import type { Part } from './lists.ts';

/** All generations answer in parts of so many rows. Up to 1.4 none is marked as the last. */
const full = 100;
/** So long after a full part of 0.0–1.4 there is none to follow, ms. */
const quietMs = 1000;
/** A million rows; and what one list may take of memory, whatever it has. */
const mostParts = 10_000;
const mostBytes = 128 * 1024 * 1024;
/** A whole list at most, ms. */
const listMs = 15_000;

export type Question = 'routes' | 'connections';

/**
 * Asks a node at its own controller API for one list, and reads all parts of it: slimctl stops at the first. Only the
 * two questions are ever sent there: a change would be undone by the control plane that manages the node.
 * @throws Fault
 */
export async function askNode(
  transport: Transport,
  question: Question,
  signal?: AbortSignal,
): Promise<Part[]> {
  const client = createClient(ControllerService, transport);
  const over = new AbortController();
  const until = either(signal, over);
  const id = randomBytes(8).toString('hex');
  const ask = create(ControlMessageSchema, {
    messageId: id,
    payload: {
      case: question === 'routes' ? 'routeListRequest' : 'connectionListRequest',
      value: new Uint8Array(),
    },
  });
  const answers = client
    .openControlChannel(once(ask, until), { signal: until, timeoutMs: listMs })
    [Symbol.asyncIterator]();
  const parts: Part[] = [];
  let size = 0;
  let waiting: Promise<IteratorResult<ControlMessage>> | undefined;
  try {
    for (;;) {
      waiting ??= answers.next();
      const last = parts.at(-1);
      const next = last && last.speech !== 'h' ? await orQuiet(waiting) : await waiting;
      if (next === undefined) return parts;
      waiting = undefined;
      if (next.done === true) throw new Fault('broken', 'transport');
      const bytes = answerTo(question, next.value);
      if (!bytes) continue;
      const part = partOf(bytes);
      if (part.answers !== '' && part.answers !== id) continue;
      parts.push(part);
      if (part.done || (part.rows < full && part.speech !== 'h')) return parts;
      size += bytes.length;
      if (parts.length >= mostParts || size > mostBytes) throw new Fault('too-much', 'local');
    }
  } catch (error) {
    throw classify(error);
  } finally {
    // Its end by us is no failure.
    waiting?.catch(() => {});
    over.abort();
  }
}

/** The channel stays open while the answer comes: a node closes one whose other side has ended. */
async function* once(message: ControlMessage, until: AbortSignal): AsyncGenerator<ControlMessage> {
  yield message;
  if (until.aborted) return;
  await new Promise<void>((resolve) => until.addEventListener('abort', () => resolve(), { once: true }));
}

/** A node tells its controllers other things too, unasked. */
function answerTo(question: Question, { payload }: ControlMessage): Uint8Array | undefined {
  const wanted = question === 'routes' ? 'routeListResponse' : 'connectionListResponse';
  return payload.case === wanted ? payload.value : undefined;
}

async function orQuiet<T>(next: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), quietMs);
  });
  try {
    return await Promise.race([next, quiet]);
  } finally {
    clearTimeout(timer);
  }
}
