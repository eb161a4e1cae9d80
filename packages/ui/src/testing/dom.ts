import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

/** jsdom has no layout and no matchMedia; what the console asks of them is answered here. */
export function prepareDom(): void {
  afterEach(cleanup);
  globalThis.matchMedia ??= (query: string) =>
    ({
      matches: false,
      media: query,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }) as unknown as MediaQueryList;
  window.scrollTo = () => undefined;
}
