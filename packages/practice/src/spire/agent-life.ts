import { randomBytes } from 'node:crypto';
import type { Agent } from '@muster/wire/gen/spire/api/types/agent_pb.js';
import { text } from './ids.ts';
import type { TrustDomainState } from './trust-domain.ts';

const svidLifetime = 3600;
const reattestMilliseconds = 5000;
/** Between a taint and the renewals it causes: an agent learns of it at its next sync. */
const taintMilliseconds = 1000;

/**
 * What agents do by themselves: those alive renew their SVID at half of its life, or when the authority that signed
 * it is tainted, and one that was evicted attests again if its method allows. Returns what renews once, and what
 * stops it all.
 */
export function keepAgentsAlive(state: TrustDomainState): { renew(): void; stop(): void } {
  const timers = new Set<NodeJS.Timeout>();
  const isAlive = (agent: Agent) => !agent.banned && Number(agent.x509svidExpiresAt) > state.clock.seconds();
  const { x509 } = state.authorities;
  const issued = new Map<string, { at: number; authorityId: string }>();
  const first = { at: state.clock.seconds(), authorityId: x509.active.id };
  const withNewSvid = (agent: Agent): Agent => {
    const at = state.clock.seconds();
    issued.set(text(agent.id), { at, authorityId: x509.active.id });
    return {
      ...agent,
      x509svidSerialNumber: BigInt(`0x${randomBytes(16).toString('hex')}`).toString(),
      // No SVID outlives the authority that signed it.
      x509svidExpiresAt: BigInt(Math.min(at + svidLifetime, x509.active.expiresAt)),
    };
  };
  const isDue = (agent: Agent): boolean => {
    const { at, authorityId } = issued.get(text(agent.id)) ?? first;
    const signer = x509.published.find(({ id }) => id === authorityId);
    const half = at + (Number(agent.x509svidExpiresAt) - at) / 2;
    return signer === undefined || signer.tainted || state.clock.seconds() >= half;
  };
  const renew = (): void => {
    for (const agent of state.agents.values())
      if (isAlive(agent) && isDue(agent)) state.agents.set(text(agent.id), withNewSvid(agent));
  };
  const unsubscribe = state.trustChanges.subscribe(() => {
    if (!x509.published.some(({ tainted }) => tainted)) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      renew();
    }, taintMilliseconds);
    timers.add(timer.unref());
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
    renew,
    stop() {
      unsubscribe();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
