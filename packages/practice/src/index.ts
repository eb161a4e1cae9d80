export type { PracticeSpire, PracticeSpireOptions } from './spire/index.ts';
export { startPracticeSpire } from './spire/index.ts';
