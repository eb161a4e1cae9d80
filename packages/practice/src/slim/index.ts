export { startPracticeSlim } from './practiceSlim.ts';
export type { PracticeSlim, PracticeSlimOptions } from './practiceSlim.ts';
export type { PracticeChannel } from './cast.ts';
