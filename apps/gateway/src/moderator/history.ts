import type { ChannelMessage } from './types.ts';

export const HISTORY_LENGTH = 500;

/** The last messages of one channel, in the order of their times. */
export class History {
  #messages: ChannelMessage[] = [];

  add(message: ChannelMessage): void {
    // Our own message is confirmed only after members may have answered it, so it may belong further up.
    const after = this.#messages.findLastIndex((one) => one.at <= message.at);
    this.#messages.splice(after + 1, 0, message);
    if (this.#messages.length > HISTORY_LENGTH) this.#messages.shift();
  }

  last(limit = HISTORY_LENGTH): ChannelMessage[] {
    return limit > 0 ? this.#messages.slice(-limit) : [];
  }
}
