import type { ChannelMessage, Heard } from './types.ts';

export const HISTORY_LENGTH = 1000;
/** Texts are at most 64 KiB each; a channel full of those must not fill the memory. */
export const HISTORY_CHARACTERS = 8 * 1024 * 1024;

let places = 0;

/** Of all channels of this process together, so that a channel made anew never repeats one. */
export const nextPlace = (): number => ++places;

/** Of a channel that there is not. */
export const nothing = (): Heard => ({ earlier: 0, start: places, since: new Date() });

/** The last messages of one channel, by their places. */
export class History {
  readonly #start = places;
  readonly #since = new Date();
  #messages: ChannelMessage[] = [];
  #characters = 0;
  #earlier = 0;

  add(message: ChannelMessage): void {
    const after = this.#messages.findLastIndex((one) => one.sequence < message.sequence);
    this.#messages.splice(after + 1, 0, message);
    this.#characters += message.text.length;
    while (this.#messages.length > HISTORY_LENGTH || this.#characters > HISTORY_CHARACTERS) {
      this.#characters -= this.#messages.shift()?.text.length ?? this.#characters;
      this.#earlier += 1;
    }
  }

  last(limit = HISTORY_LENGTH): ChannelMessage[] {
    return limit > 0 ? this.#messages.slice(-limit) : [];
  }

  heard(): Heard {
    return { earlier: this.#earlier, start: this.#start, since: this.#since };
  }
}
