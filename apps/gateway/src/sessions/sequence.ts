const WIDTH = 64n;

/**
 * Sequence numbers that count once each, in any order within 64 of the highest seen: browsers send in
 * parallel, so an exact match with the next number would refuse honest requests (S-07).
 */
export class SequenceWindow {
  #highest = 0n;
  #seen = 0n;

  /** True the first time a number within the window comes; false for a repeat or one too old. */
  accept(sequence: bigint): boolean {
    if (sequence <= 0n) return false;
    if (sequence > this.#highest) {
      const ahead = sequence - this.#highest;
      this.#seen = ahead >= WIDTH ? 1n : BigInt.asUintN(64, (this.#seen << ahead) | 1n);
      this.#highest = sequence;
      return true;
    }
    const back = this.#highest - sequence;
    if (back >= WIDTH) return false;
    const bit = 1n << back;
    if ((this.#seen & bit) !== 0n) return false;
    this.#seen |= bit;
    return true;
  }
}
