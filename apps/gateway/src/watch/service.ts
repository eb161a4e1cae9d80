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
    return all;
  }

  #add(event: ConsoleEvent): void {
    if (event.kind === 'invalidated') {
      const { topic, scope } = event;
      this.#invalid.set(`${topic} ${scope}`, {
        case: 'invalidated',
        value: create(InvalidatedSchema, { topic, scope }),
      });
      return;
    }
    if (this.#events.length >= MAX_WAITING) {
      this.overflown = true;
      return;
    }
    if (event.kind === 'connection') this.#events.push({ case: 'connection', value: event.connection });
    else {
      const { connection, channel, message } = event;
      this.#events.push({
        case: 'message',
        value: create(NewMessageSchema, { connection, channel, message }),
      });
    }
  }
}

function topicOf(event: ConsoleEvent): Topic {
  if (event.kind === 'invalidated') return event.topic;
  return event.kind === 'connection' ? Topic.CONNECTIONS : Topic.MESSAGES;
}
