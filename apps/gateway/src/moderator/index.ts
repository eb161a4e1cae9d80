export { startModerator } from './moderator.ts';
export type { ModeratorErrorCode } from './errors.ts';
export type * from './types.ts';
