import { expect, it } from 'vitest';
import { keepAgentsAlive } from './agent-life.ts';
import { bulkRows } from './seed/bulk.ts';
import { harbor, lighthouse } from './seed/company.ts';
import { makeSeed } from './seed/index.ts';
import { createState } from './trust-domain.ts';

it('agents alive renew their SVID at half of its life; expired and banned ones do not', () => {
  let now = 1_800_000_000;
  const clock = { date: () => new Date(now * 1000), seconds: () => now };
  const seed = makeSeed(harbor, lighthouse.trustDomain, 0, now);
  const state = createState(seed, bulkRows(harbor, seed.agents, 0, now), 3600, clock);
  const { renew, stop } = keepAgentsAlive(state);
  const expired = () => state.agents.values().filter((agent) => agent.x509svidExpiresAt < now).length;
  expect(expired()).toBe(3);
  // A day, a quarter of an hour at a time. The banned one expires on the way.
  for (let hours = 0; hours < 24; hours += 0.25) {
    renew();
    now += 900;
  }
  expect(expired()).toBe(4);
  expect(state.agents.values().find((agent) => agent.banned)?.x509svidSerialNumber).toBe('');
  stop();
});
