import { Code, ConnectError } from '@connectrpc/connect';
import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import { refuse } from '../upstream/refuse.ts';
import { purgeCommand } from '../upstream/spire/agent-commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { AgentRow } from '../upstream/spire/rows.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import { agentFields, aliasEffects, evictOne, tokenAliases } from './agent-evict.ts';
import { readAgents } from './agent-input.ts';
import { eachAgent, impactEffect, impactOf, impactWarnings } from './agent-run.ts';
import { change, count, refused } from './results.ts';
import { bindTarget, checkTarget, spireConnection } from './spire-target.ts';

interface Input {
  connection?: string;
  /** Seconds since its SVID expired. */
  expiredFor?: number;
  includeNotReattestable?: boolean;
  includeBanned?: boolean;
}

/** As `spire-server agent purge` has it: 30 days. */
const usualExpiredFor = 720 * 3600;
/** In one plan: each is shown, and looked at again right before it is deleted. */
const mostPurged = 1000;

/**
 * As `spire-server agent purge`: there is no such RPC, the list is read and filtered here. The server's own filter by
 * expiry is not used: a text that it cannot read filters nothing, and everything would be deleted.
 */
export const agentPurge: Action<Input> = {
  name: 'agent.purge',
  title: 'Purge expired agents',
  role: 'operator',
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      connection: { type: 'string', maxLength: 63 },
      expiredFor: { type: 'integer', minimum: 0, maximum: 3_153_600_000 },
      includeNotReattestable: { type: 'boolean' },
      includeBanned: { type: 'boolean' },
    },
  },

  async plan(input, context) {
    const { expiredFor = usualExpiredFor, includeNotReattestable = false, includeBanned = false } = input;
    const connection = spireConnection(context, input.connection, undefined);
    const target = await bindTarget(connection, 'agents.write');
    const before = BigInt(Math.floor(context.now().getTime() / 1000) - expiredFor);
    const { hit, left } = await listExpired(connection, before).catch((error: unknown) => {
      throw refuse('Reading the agents', target.connection, error);
    });
    const wanted = hit
      .filter((row) => (includeBanned || !row.banned) && (includeNotReattestable || row.canReattest))
      .toSorted((a, b) => (a.expiresAt < b.expiresAt ? -1 : a.expiresAt > b.expiresAt ? 1 : 0));
    if (wanted.length === 0)
      throw new ConnectError(nothing(target.connection, hit, left, expiredFor), Code.FailedPrecondition);
    const rows = wanted.slice(0, mostPurged);
    const [impact, aliases] = await Promise.all([
      impactOf(context, connection, rows),
      tokenAliases(connection, rows).catch((error: unknown) => {
        throw refuse('Reading the entries of join tokens', target.connection, error);
      }),
    ]);
    return {
      title: `Purge ${count(rows.length, 'agent', 'agents')}`,
      target,
      changes: rows.map((row) => change('evict', 'agent', row.id, target.connection, agentFields(row))),
      effects: [
        'Their rows are deleted. One that still runs with a kind that attests again by itself comes back; the rest is gone for good.',
        'Each is looked at again right before it is deleted: one that renewed meanwhile is left alone.',
        impactEffect(impact, rows.length),
        ...aliasEffects(aliases),
      ],
      warnings: [
        ...purgeWarnings(rows, wanted, hit, { includeBanned, includeNotReattestable }),
        ...impactWarnings(impact),
      ],
      commands: [purgeCommand(connection.config.address, expiredFor, commandNote(input))],
      destructive: true,
      before: rows.map(({ id, expiresAt }) => ({ id, expiresAt: `${expiresAt}` })),
      // Not the rows: what changed of one of them is found before that one is deleted, and only it is left out.
      check: () => checkTarget(connection, target),
      async *apply() {
        yield* eachAgent(rows, async (row) => {
          const [now] = await readAgents(connection, [row.id]);
          if (!now) return refused(row.id, 'It was evicted already.');
          if (now.expiresAt > before)
            return refused(row.id, 'It has renewed its SVID since this was planned, so it was left alone.');
          if (now.banned && !includeBanned)
            return refused(row.id, 'It was banned since this was planned: deleting it would lift the ban.');
          return evictOne(context, connection, row, aliases);
        });
        await context.inventory.refreshAgents(target.connection);
      },
      inverseInput: () => undefined,
    };
  },
};

/** Agents whose SVID expired before a moment, in Unix seconds, and how many there are besides. */
async function listExpired(
  connection: SpireConnection,
  before: bigint,
): Promise<{ hit: AgentRow[]; left: number }> {
  const hit: AgentRow[] = [];
  let left = 0;
  for await (const page of connection.client.agentPages()) {
    for (const row of page) {
      // 0 is no time at all: an agent that a server says nothing of is not taken for an old one.
      if (row.expiresAt > 0n && row.expiresAt <= before) hit.push(row);
      else left += 1;
    }
  }
  return { hit, left };
}

const days = (seconds: number): string =>
  seconds % 86_400 === 0 && seconds > 0 ? count(seconds / 86_400, 'day', 'days') : `${seconds} s`;

function nothing(connection: string, hit: readonly AgentRow[], left: number, expiredFor: number): string {
  if (hit.length === 0)
    return `Nothing to purge: none of the ${count(left, 'agent', 'agents')} of ${connection} has been expired for ${days(expiredFor)}.`;
  return `Nothing to purge: the ${count(hit.length, 'agent', 'agents')} of ${connection} expired for ${days(expiredFor)} ${hit.length === 1 ? 'is' : 'are'} left out: banned, or not able to attest again.`;
}

function purgeWarnings(
  rows: readonly AgentRow[],
  wanted: readonly AgentRow[],
  hit: readonly AgentRow[],
  { includeBanned, includeNotReattestable }: { includeBanned: boolean; includeNotReattestable: boolean },
): Warning[] {
  const out: Warning[] = [];
  const fixed = (includeNotReattestable ? rows : hit).filter(
    (row) => !row.canReattest && (includeBanned || !row.banned),
  );
  const banned = (includeBanned ? rows : hit).filter(
    (row) => row.banned && (includeNotReattestable || row.canReattest),
  );
  if (includeNotReattestable && fixed.length > 0)
    out.push(
      warn(
        'not-reattestable',
        `${fixed.length} of them cannot attest again: coming back takes a new join token or its like.`,
      ),
    );
  else if (fixed.length > 0)
    out.push(
      warn(
        'left-not-reattestable',
        `${count(fixed.length, 'more agent', 'more agents')} expired as long cannot attest again and ${fixed.length === 1 ? 'is' : 'are'} left, as spire-server agent purge leaves them.`,
        Severity.INFO,
      ),
    );
  if (includeBanned && banned.length > 0)
    out.push(
      warn(
        'unban',
        `${count(banned.length, 'of them is', 'of them are')} banned: deleting lifts the ban.`,
        Severity.DANGER,
      ),
    );
  else if (banned.length > 0)
    out.push(
      warn(
        'left-banned',
        `${count(banned.length, 'banned agent', 'banned agents')} expired as long ${banned.length === 1 ? 'is' : 'are'} left: deleting would lift the ban. spire-server agent purge would delete ${banned.length === 1 ? 'it' : 'them'}.`,
        Severity.INFO,
      ),
    );
  if (wanted.length > rows.length)
    out.push(
      warn(
        'more',
        `These are the ${rows.length} that expired first; ${wanted.length - rows.length} more are left for the next plan.`,
      ),
    );
  return out;
}

function commandNote({ includeNotReattestable, includeBanned }: Input): string {
  return [
    'With -dryRun it only lists.',
    includeNotReattestable === true ? 'It never deletes agents that cannot attest again: evict those.' : '',
    includeBanned === true ? '' : 'It deletes banned agents too, which lifts the ban.',
  ]
    .filter((text) => text !== '')
    .join(' ');
}
