import { randomBytes } from 'node:crypto';
import type { Agent } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import { text } from './ids.ts';
import type { TrustDomainState } from './trust-domain.ts';

const svidLifetime = 3600;
const reattestMilliseconds = 5000;

/**
 * What agents do by themselves: those alive renew their SVID at half of its life, and one that was evicted attests
 * again if its method allows. Returns what renews once, and what stops it all.
 */
export function keepAgentsAlive(state: TrustDomainState): { renew(): void; stop(): void } {
  const timers = new Set<NodeJS.Timeout>();
  const isAlive = (agent: Agent) => !agent.banned && Number(agent.x509svidExpiresAt) > state.clock.seconds();
  const withNewSvid = (agent: Agent): Agent => ({
    ...agent,
    x509svidSerialNumber: BigInt(`0x${randomBytes(16).toString('hex')}`).toString(),
    x509svidExpiresAt: BigInt(state.clock.seconds() + svidLifetime),
  });

  state.onEvicted = (agent) => {
    if (!agent.canReattest || !isAlive(agent)) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      state.agents.set(text(agent.id), withNewSvid(agent));
      state.entries.changes.emit();
    }, reattestMilliseconds);
    timers.add(timer.unref());
  };

  return {
    renew() {
      const halfLife = BigInt(state.clock.seconds() + svidLifetime / 2);
      for (const agent of state.agents.values())
        if (isAlive(agent) && agent.x509svidExpiresAt < halfLife)
          state.agents.set(text(agent.id), withNewSvid(agent));
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
