export { mountConsole } from './mountConsole.tsx';
export type { Platform } from './platform.ts';
export { browserPlatform } from './session/browserPlatform.ts';
export { memoryKeeper, type SessionKeeper } from './session/keeper.ts';
