import type { ChannelMessage } from './types.ts';

export const HISTORY_LENGTH = 1000;
/** Texts are at most 64 KiB each; a channel full of those must not fill the memory. */
export const HISTORY_CHARACTERS = 8 * 1024 * 1024;

/** The last messages of one channel, in the order of their times. */
export class History {
  #messages: ChannelMessage[] = [];
  #characters = 0;

  add(message: ChannelMessage): void {
    // Our own message is confirmed only after members may have answered it, so it may belong further up.
    const after = this.#messages.findLastIndex((one) => one.at <= message.at);
    this.#messages.splice(after + 1, 0, message);
    this.#characters += message.text.length;
    while (this.#messages.length > HISTORY_LENGTH || this.#characters > HISTORY_CHARACTERS)
      this.#characters -= this.#messages.shift()?.text.length ?? this.#characters;
  }

  last(limit = HISTORY_LENGTH): ChannelMessage[] {
    return limit > 0 ? this.#messages.slice(-limit) : [];
  }
}
