import type { Moderator, ModeratorOptions } from '../../moderator/types.ts';

/** Starts a moderator against a node; specs give their own. */
export type StartModerator = (options: ModeratorOptions) => Moderator;
