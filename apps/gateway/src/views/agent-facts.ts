import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { AgentSchema, Severity } from '@muster/api';
import type { Agent, AgentState, Warning } from '@muster/api';
import type { AgentImpact } from '../inventory/store/agent-reach.ts';
import { agentStates } from '../inventory/store/agents.ts';
import type { StoredAgent } from '../inventory/store/agents.ts';
import { iso, timestamp } from './times.ts';
import { warn } from './entry-warnings.ts';

/** Milliseconds since 1970; 0 is unset. */
export const moment = (ms: number): Timestamp | undefined => (ms === 0 ? undefined : timestampFromMs(ms));

export function toAgent(stored: StoredAgent): Agent {
  const { connection, row, entries, state } = stored;
  return create(AgentSchema, {
    ...row,
    connection,
    expiresAt: timestamp(row.expiresAt),
    entries: BigInt(entries),
    renewedAt: moment(stored.renewedAt),
    knownSince: moment(stored.knownSince),
    state: state as AgentState,
    stateReason: stateReason(stored),
  });
}

/** How much of its SVID's life has passed at least, 0 to 1: SPIRE tells when it ends, not when it began. */
export function lifePassed({ row, renewedAt, knownSince, asOf }: StoredAgent): number | undefined {
  const seen = renewedAt || knownSince;
  const end = Number(row.expiresAt) * 1000;
  if (seen === 0 || asOf < seen || end <= seen || row.banned) return undefined;
  return Math.min(1, (asOf - seen) / (end - seen));
}

const isoMs = (ms: number): string => iso(BigInt(Math.floor(ms / 1000)));

function stateReason(stored: StoredAgent): string {
  const { row, state, renewedAt, knownSince, asOf } = stored;
  const renewal =
    renewedAt > 0
      ? `It was last seen to renew at ${isoMs(renewedAt)}.`
      : knownSince > 0
        ? `No renewal has been seen since watching it began at ${isoMs(knownSince)}.`
        : '';
  switch (state) {
    case agentStates.banned:
      return 'Its server refuses it until its row is evicted; then it may attest again.';
    case agentStates.expired:
      return `Its SVID expired at ${iso(row.expiresAt)}: it has stopped, or has lost its server. ${again(row.canReattest, row.attestationType)}`;
    case agentStates.unknown:
      return `Its SVID was valid until ${iso(row.expiresAt)}, and its server was read last at ${isoMs(asOf)}: whether it renewed since is not known.`;
    case agentStates.overdue:
      return `${renewal} More than half of its SVID’s life has passed since, and a running agent renews at about half, unless its availability_target says later. It has stopped, or has lost its server.`;
    default:
      return `Its SVID is valid until ${iso(row.expiresAt)}. ${renewal}`;
  }
}

function again(canReattest: boolean, type: string): string {
  if (canReattest) return 'It attests again by itself once it runs.';
  return type === 'join_token'
    ? 'To come back it needs a new join token.'
    : 'Its kind attests once only: to come back, its row must be evicted first.';
}

const day = 86_400;

/** What a person should know of an agent. `now` in Unix seconds. */
export function agentWarnings({ row, state }: StoredAgent, impact: AgentImpact, now: number): Warning[] {
  const out: Warning[] = [];
  if (impact.powerful.length > 0)
    out.push(
      warn(
        'serves-admin',
        `It serves identities with power over the server: ${impact.powerful.join(', ')}. Whoever controls its host can take them.`,
        Severity.DANGER,
      ),
    );
  const ago = now - Number(row.expiresAt);
  if (state === agentStates.expired && ago > day)
    out.push(
      warn(
        'stale',
        `Its SVID has been expired for ${Math.floor(ago / day)} d. If it is gone for good, evict or purge it.`,
      ),
    );
  if (state === agentStates.overdue)
    out.push(
      warn('overdue', 'It should have renewed its SVID by now: look at the agent and its way to the server.'),
    );
  if (!row.canReattest)
    out.push(
      row.attestationType === 'join_token'
        ? warn(
            'not-reattestable',
            'It attested with a join token, which is used up: evicted, or with an expired SVID, it comes back only with a new one, under a new ID.',
            Severity.INFO,
          )
        : warn(
            'not-reattestable',
            `Trusted on first use (${row.attestationType}): with an expired SVID it can attest again only after its row is evicted.`,
            Severity.INFO,
          ),
    );
  return out;
}
