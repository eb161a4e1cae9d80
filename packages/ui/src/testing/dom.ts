import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

/** jsdom has no layout and no matchMedia; what the console asks of them is answered here. */
export function prepareDom(): void {
  afterEach(cleanup);
  // How long a condition is waited for, not how long it takes: machines stall.
  configure({ asyncUtilTimeout: 10_000 });
  globalThis.matchMedia ??= (query: string) =>
    ({
      matches: false,
      media: query,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }) as unknown as MediaQueryList;
  window.scrollTo = () => undefined;
}
