export { mountConsole } from './mountConsole.tsx';
export type { Platform } from './platform.ts';
export { browserPlatform } from './session/browserPlatform.ts';
export { desktopPlatform, type DesktopBridge } from './session/desktopPlatform.ts';
export { memoryKeeper, type SessionKeeper } from './session/keeper.ts';
