import { makeAuthority, makeLeaf } from '@muster/domain/testing/certificates';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compareBeside, signerBeside } from './beside.ts';
import { timeLimit } from './judging.ts';

const authority = await makeAuthority('org-a.test');
const { der } = await makeLeaf(authority, 'spiffe://org-a.test/web');
const side = { kind: 'x509-svid', input: der } as const;

/** A worker that answers nothing, or breaks at once. */
function worker(broken: boolean) {
  const ended = vi.fn();
  vi.stubGlobal(
    'Worker',
    class {
      readonly #on = new Map<string, (event: unknown) => void>();
      addEventListener(name: string, listener: (event: unknown) => void) {
        this.#on.set(name, listener);
      }
      postMessage() {
        if (broken) queueMicrotask(() => this.#on.get('error')?.({}));
      }
      terminate() {
        ended();
      }
    },
  );
  return ended;
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('what is found beside the page', () => {
  it('is found in the page where there is no worker', async () => {
    expect(await compareBeside(side, side)).toMatchObject({ comparable: true, identical: true });
    expect((await signerBeside({ ...side, known: [] }))?.compared).toContain('No key is known');
  });
  it('is found in the page when the worker breaks', async () => {
    const ended = worker(true);
    expect(await compareBeside(side, side)).toMatchObject({ comparable: true });
    expect(ended).toHaveBeenCalledOnce();
  });
  it('S-18: ends a worker that takes too long, and says so', async () => {
    vi.useFakeTimers();
    const ended = worker(false);
    const comparing = compareBeside(side, side);
    const signing = signerBeside({ ...side, known: [] });
    await vi.advanceTimersByTimeAsync(timeLimit + 1);
    expect(await comparing).toEqual({ comparable: false, why: 'It took too long: more than 5 s.' });
    expect(await signing).toBeUndefined();
    expect(ended).toHaveBeenCalledTimes(2);
  });
});
