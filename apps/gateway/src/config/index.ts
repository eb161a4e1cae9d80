export { ConfigError } from './error.ts';
export { loadConfig, parseConfig } from './load.ts';
export type * from './types.ts';
