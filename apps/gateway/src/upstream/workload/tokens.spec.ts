import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tokenFacts, TokenWatch } from './tokens.ts';
import type { FetchedToken } from './tokens.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const token = (claims: object, spiffeId = 'spiffe://a.example/web'): FetchedToken => ({
  spiffeId,
  hint: '',
  token: `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`,
});

describe('a token’s life', () => {
  it('is read from its claims, and nothing else of it kept', () => {
    const facts = tokenFacts(token({ iat: start / 1000, exp: start / 1000 + 300, secret: 'x' }), 'svc');
    expect(facts).toEqual({
      svid: 'jwt',
      spiffeId: 'spiffe://a.example/web',
      hint: '',
      audience: 'svc',
      notBefore: new Date(start),
      expiresAt: new Date(start + 300_000),
      chainPem: '',
    });
  });
  it.each([{}, { exp: 'x' }, { exp: 1e300 }, { exp: -1 }, null, 7, []])(
    'S-38: of %j is unknown',
    (claims) => {
      expect(tokenFacts(token(claims as object), 'svc')).toBeUndefined();
    },
  );
});

describe('following an audience', () => {
  beforeEach(() => void vi.useFakeTimers({ now: start }));
  afterEach(() => void vi.useRealTimers());

  function watched() {
    const log: string[] = [];
    let answer: () => FetchedToken[] = () => [];
    let asked = 0;
    const watch = new TokenWatch({
      audience: 'svc',
      now: () => new Date(),
      fetch: async () => {
        asked += 1;
        return answer();
      },
      onIssued: ({ spiffeId }) => log.push(`issued ${spiffeId}`),
      onRotated: ({ spiffeId }, before) =>
        log.push(`rotated ${spiffeId} ${(before.getTime() - Date.now()) / 1000} s left`),
      onWithdrawn: ({ spiffeId }) => log.push(`withdrawn ${spiffeId}`),
      onProblem: (_audience, problem) => problem && log.push(`problem ${String(problem)}`),
    });
    return { log, watch, asked: () => asked, answer: (next: typeof answer) => (answer = next) };
  }
  const living = (seconds: number) => [
    token({ iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + seconds }),
  ];

  it('asks again just after half of the life, and no sooner', async () => {
    const { log, watch, asked, answer } = watched();
    answer(() => living(300));
    watch.start();
    watch.start();
    await vi.advanceTimersByTimeAsync(150_000);
    expect(asked()).toBe(1);
    await vi.advanceTimersByTimeAsync(1500);
    expect(asked()).toBe(2);
    expect(log).toEqual(['issued spiffe://a.example/web', 'rotated spiffe://a.example/web 149 s left']);
    watch.stop();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked()).toBe(2);
  });

  it('asks gently while the old token is given, and says why when none is', async () => {
    const { log, watch, asked, answer } = watched();
    const first = living(300);
    answer(() => first);
    watch.start();
    await vi.advanceTimersByTimeAsync(200_000);
    // Every 15 s, a twentieth of its life.
    expect(asked()).toBeGreaterThan(2);
    expect(asked()).toBeLessThan(7);
    answer(() => {
      throw new Error('down');
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(log).toEqual(['issued spiffe://a.example/web', 'problem Error: down']);
    answer(() => []);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(log.at(-1)).toBe('withdrawn spiffe://a.example/web');
    watch.stop();
  });
});
