import { PRACTICE_WISHES, WISHED_CHANNEL } from './cast.ts';
import type { Wish } from './cast.ts';
import type { PracticeManager } from './manager.ts';

/** Milliseconds. */
export interface AskPace {
  /** Until the first request. */
  firstMs: number;
  /** After somebody has answered. */
  answeredMs: number;
  /** After nobody has, and twice as long each time: whoever looks elsewhere is not to come back to a pile. */
  ignoredMs: number;
}

const usual: AskPace = { firstMs: 20_000, answeredMs: 60_000, ignoredMs: 300_000 };
/** Within this nobody has decided, but something was in the way. */
const tooSoonMs = 500;

/** From five minutes to five hours. */
const mostDoubled = 6;

/** People who want a change of a channel that the console owns, and have no grant: one after the other, each once. */
export class Askers {
  readonly #manager: Pick<PracticeManager, 'change' | 'channels'>;
  readonly #pace: AskPace;
  #timer: NodeJS.Timeout | undefined;
  #next = 0;
  /** In a row. */
  #ignored = 0;
  #begun = false;
  #stopped = false;

  constructor(manager: Pick<PracticeManager, 'change' | 'channels'>, pace: AskPace = usual) {
    this.#manager = manager;
    this.#pace = pace;
  }

  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#later(this.#pace.firstMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #later(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#ask(), ms).unref();
  }

  async #ask(): Promise<void> {
    const wish = this.#wish();
    if (!wish) return this.#later(this.#pace.ignoredMs);
    const before = performance.now();
    const refused = await this.#manager.change(wish.action, WISHED_CHANNEL, wish.member, wish.requester);
    const soon = performance.now() - before < tooSoonMs && refused !== '';
    const ignored = soon || /in time|closed before anybody/u.test(refused);
    this.#ignored = ignored ? this.#ignored + 1 : 0;
    const { answeredMs, ignoredMs } = this.#pace;
    this.#later(ignored ? ignoredMs * 2 ** Math.min(this.#ignored - 1, mostDoubled) : answeredMs);
  }

  /** The next that would change anything; undefined where the channel is gone. */
  #wish(): Wish | undefined {
    const channel = this.#manager.channels.get(WISHED_CHANNEL);
    if (!channel) return undefined;
    for (const _ of PRACTICE_WISHES) {
      const wish = PRACTICE_WISHES[this.#next++ % PRACTICE_WISHES.length];
      if (wish && channel.members.includes(wish.member) === (wish.action === 'delete')) return wish;
    }
    return undefined;
  }
}
