import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Keeps what Node makes of the sources for the next start, which is two thirds of the time of a short command. Beside
 * the sources: whoever can write there could change the sources themselves. Where that is not writable Node goes on
 * without, and so it does when NODE_DISABLE_COMPILE_CACHE is set.
 */
export function keepCompiled(): void {
  enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/muster-cli', import.meta.url)));
}
