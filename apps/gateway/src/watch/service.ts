import { create } from '@bufbuild/protobuf';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import {
  BeatSchema,
  InvalidatedSchema,
  NewMessageSchema,
  Topic,
  type WatchEvent,
  WatchEventSchema,
  WatchService,
} from '@muster/api';
import type { ConsoleEvent, EventBus } from '../events.ts';

const BEAT_MS = 15_000;
// A burst of changes becomes one message of each topic.
const GATHER_MS = 100;
// A window that takes nothing for so long is cut off; it reads everything again when it comes back.
const MAX_WAITING = 1_000;
// Of more messages, or more of their text, the window reads again what is kept instead of each: a flood costs it no more.
const MAX_MESSAGES = 1_000;
const MAX_CHARACTERS = 4 * 1024 * 1024;

type Event = WatchEvent['event'];

/** One stream a window: what changed, so that the page reads again (DESIGN §2). */
export function watchRoutes(events: EventBus) {
  return (router: ConnectRouter) =>
    router.service(WatchService, {
      async *watch(request, context) {
        const queue = new Queue(events, new Set(request.topics));
        const message = (event: Event) => create(WatchEventSchema, { at: timestampNow(), event });
        try {
          yield message({ case: 'beat', value: create(BeatSchema) });
          while (!queue.overflown) {
            await queue.something(BEAT_MS, context.signal);
            if (context.signal.aborted) return;
            const gathered = queue.take();
            for (const event of gathered) yield message(event);
            if (gathered.length === 0) yield message({ case: 'beat', value: create(BeatSchema) });
          }
        } finally {
          queue.close();
        }
      },
    });
}

class Queue {
  overflown = false;
  readonly close: () => void;
  readonly #invalid = new Map<string, Event>();
  #events: Event[] = [];
  #messages = 0;
  #characters = 0;
  #wake: (() => void) | undefined;

  constructor(bus: EventBus, topics: ReadonlySet<Topic>) {
    this.close = bus.on((event) => {
      if (topics.size > 0 && !topics.has(topicOf(event))) return;
      this.#add(event);
      this.#wake?.();
    });
  }

  /** Resolves a moment after something came, or after `ms`, or when the window goes. */
  async something(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#invalid.size + this.#events.length === 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => resolve(), { once: true });
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#wake = undefined;
    if (this.#invalid.size > 0) await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  }

  take(): Event[] {
    const all = [...this.#events, ...this.#invalid.values()];
    this.#events = [];
    this.#invalid.clear();
    this.#messages = this.#characters = 0;
    return all;
  }

  #add(event: ConsoleEvent): void {
    if (event.kind === 'invalidated') return this.#invalidate(event.topic, event.scope);
    if (event.kind === 'message') return this.#said(event);
    if (this.#events.length - this.#messages >= MAX_WAITING) this.overflown = true;
    else this.#events.push({ case: 'connection', value: event.connection });
  }

  #invalidate(topic: Topic, scope: string): void {
    const value = create(InvalidatedSchema, { topic, scope });
    this.#invalid.set(`${topic} ${scope}`, { case: 'invalidated', value });
  }

  #said({ connection, channel, message, earlier }: Extract<ConsoleEvent, { kind: 'message' }>): void {
    // All that comes until the window takes it is in what it reads then.
    if (this.#invalid.has(`${Topic.MESSAGES} `)) return;
    this.#messages += 1;
    this.#characters += message.text.length;
    if (this.#messages > MAX_MESSAGES || this.#characters > MAX_CHARACTERS) {
      this.#events = this.#events.filter((one) => one.case !== 'message');
      this.#messages = this.#characters = 0;
      return this.#invalidate(Topic.MESSAGES, '');
    }
    const value = create(NewMessageSchema, { connection, channel, message, earlier });
    this.#events.push({ case: 'message', value });
  }
}

function topicOf(event: ConsoleEvent): Topic {
  if (event.kind === 'invalidated') return event.topic;
  return event.kind === 'connection' ? Topic.CONNECTIONS : Topic.MESSAGES;
}
