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
  for (let minutes = 0; minutes < 24 * 60; minutes += 5) {
    state.authorities.rotate(now);
    renew();
    now += 300;
  }
  expect(expired()).toBe(4);
  expect(state.agents.values().find((agent) => agent.banned)?.x509svidSerialNumber).toBe('');
  stop();
});

it('agents alive renew when the authority that signed their SVID is tainted, and never beyond its life', async () => {
  const now = 1_800_000_000;
  const clock = { date: () => new Date(now * 1000), seconds: () => now };
  const seed = makeSeed(harbor, lighthouse.trustDomain, 0, now);
  const state = createState(seed, bulkRows(harbor, seed.agents, 0, now), 1440, clock);
  const { stop } = keepAgentsAlive(state);
  const { x509 } = state.authorities;
  const serials = () => state.agents.values().map((agent) => agent.x509svidSerialNumber);
  for (const agent of state.agents.values())
    expect(Number(agent.x509svidExpiresAt)).toBeLessThanOrEqual(x509.active.expiresAt);
  const before = serials();
  const old = x509.active.id;
  x509.activate(x509.prepare().id);
  expect(serials()).toEqual(before);
  x509.taint(old);
  await expect.poll(() => serials().filter((one, i) => one !== before[i]).length, { timeout: 4000 }).toBe(8);
  stop();
});
