/** Time as the servers of one practice network see it. */
export interface Clock {
  date(): Date;
  /** Whole Unix seconds. */
  seconds(): number;
}

export function clockFrom(now: () => Date): Clock {
  return { date: now, seconds: () => Math.floor(now().getTime() / 1000) };
}
