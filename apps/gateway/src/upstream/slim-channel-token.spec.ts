import { describe, expect, it } from 'vitest';
import { Fault } from './fault.ts';
import { TokenSource } from './slim-channel-token.ts';
import type { LentToken } from './workload/lend.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const td = 'spiffe://a.example/console';

/** An agent that gives tokens of five minutes, and a new one at half of that, as SPIRE's does. */
function agent() {
  let now = start;
  let current: LentToken | undefined;
  const state = {
    asked: 0,
    away: false,
    pass: (seconds: number): void => void (now += seconds * 1000),
    source: new TokenSource(
      async () => {
        state.asked += 1;
        await Promise.resolve();
        if (state.away) throw new Fault('identity', 'local', { detail: 'agent gives none' });
        if (!current || now - current.issuedAt.getTime() >= 150_000)
          current = {
            spiffeId: td,
            token: `t${now}`,
            issuedAt: new Date(now),
            expiresAt: new Date(now + 300_000),
          };
        return current;
      },
      () => new Date(now),
    ),
  };
  return state;
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the JWT-SVID of a connection', () => {
  it('is asked for once, however many calls begin at once', async () => {
    const one = agent();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => one.source.get()));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1);
    expect(one.asked).toBe(1);
    one.pass(149);
    await one.source.get();
    expect(one.asked).toBe(1);
  });

  it('is renewed from half of its life on, and no call waits for that', async () => {
    const one = agent();
    const first = await one.source.get();
    one.pass(151);
    expect((await one.source.get()).token).toBe(first.token);
    await settle();
    expect((await one.source.get()).token).not.toBe(first.token);
    expect(one.asked).toBe(2);
  });

  it('serves until it expires while the agent is away, and says so; then there is none', async () => {
    const one = agent();
    const first = await one.source.get();
    one.away = true;
    one.pass(200);
    expect((await one.source.get()).token).toBe(first.token);
    await settle();
    expect(one.source.stalled).toBe('agent gives none');
    for (let call = 0; call < 50; call += 1) await one.source.get();
    // Once a second at most.
    expect(one.asked).toBe(2);
    one.pass(98);
    await expect(one.source.get()).rejects.toMatchObject({ code: 'identity' });
    one.away = false;
    await one.source.get();
    expect(one.source.stalled).toBe('');
  });

  it('S-36: is used no more when it expires, though no other was given', async () => {
    const expired = new TokenSource(
      async () => ({
        spiffeId: td,
        token: 't',
        issuedAt: new Date(start),
        expiresAt: new Date(start + 1000),
      }),
      () => new Date(start + 1000),
    );
    await expect(expired.get()).rejects.toMatchObject({
      detail: 'the JWT-SVID that was given expired at 2026-01-01T00:00:01.000Z',
    });
  });

  it('is not kept when the identity changed while it was asked for', async () => {
    const one = agent();
    const asking = one.source.get();
    one.source.forget();
    await asking;
    await one.source.get();
    expect(one.asked).toBe(2);
  });
});
