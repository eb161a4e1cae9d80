/** As many as an undo may have to bring back; each is asked in turn, and it can be stopped. */
export const mostMembers = 1000;

/** Ten years, seconds. */
export const mostTtl = 315_360_000;
