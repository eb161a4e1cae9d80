/** Two clocks: wall time for what people and certificates say, monotonic for how long something lasted. */
export interface Clock {
  /** ms since 1970; may jump when somebody sets it. */
  wall(): number;
  /** ms since some start; never goes back (S-10). */
  monotonic(): number;
}

export const systemClock: Clock = { wall: () => Date.now(), monotonic: () => performance.now() };
