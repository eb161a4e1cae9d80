import { Code } from '@connectrpc/connect';
import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import { refuse } from '../upstream/refuse.ts';
import { Fault } from '../upstream/fault.ts';
import { evictCommand } from '../upstream/spire/agent-commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { AgentRow, EntryRow } from '../upstream/spire/rows.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action, ActionContext } from './action.ts';
import { agentDrift, agentsSchema, chooseAgents } from './agent-input.ts';
import type { AgentsInput } from './agent-input.ts';
import { eachAgent, impactEffect, impactOf, impactWarnings } from './agent-run.ts';
import { change, count, fieldChange, refused } from './results.ts';
import { checkTarget } from './spire-target.ts';

const shownCommands = 20;

/** Agent.DeleteAgent: the row goes; whoever can attest again is back within seconds. */
export const agentEvict: Action<AgentsInput> = {
  name: 'agent.evict',
  title: 'Evict agents',
  role: 'operator',
  inverse: '',
  inputSchema: agentsSchema,

  async plan(input, context) {
    const { connection, target, rows } = await chooseAgents(input, context);
    const impact = await impactOf(context, connection, rows);
    const aliases = await tokenAliases(connection, rows).catch((error: unknown) => {
      throw refuse('Reading the entries of join tokens', target.connection, error);
    });
    return {
      title: `Evict ${count(rows.length, 'agent', 'agents')}`,
      target,
      changes: rows.map((row) => change('evict', 'agent', row.id, target.connection, agentFields(row))),
      effects: [...comeBack(rows), impactEffect(impact, rows.length), ...aliasEffects(aliases)],
      warnings: [...evictWarnings(rows), ...impactWarnings(impact)],
      commands: rows.slice(0, shownCommands).map(({ id }) => evictCommand(connection.config.address, id)),
      destructive: true,
      before: rows.map(({ id, banned, canReattest }) => ({ id, banned, canReattest })),
      check: async () => (await checkTarget(connection, target)) || agentDrift(connection, rows),
      async *apply() {
        yield* eachAgent(rows, (row) => evictOne(context, connection, row, aliases));
        await context.inventory.refreshAgents(target.connection);
      },
      inverseInput: () => undefined,
    };
  },
};

/** Evicts and writes through: the agent, and with it the alias entry that its join token made. */
export async function evictOne(
  context: ActionContext,
  connection: SpireConnection,
  row: AgentRow,
  aliases: ReadonlyMap<string, EntryRow[]>,
): Promise<ReturnType<typeof refused> | undefined> {
  const { name } = connection.link;
  try {
    await connection.client.agents.evict(row.id);
  } catch (error) {
    if (!(error instanceof Fault) || error.grpc !== Code.NotFound) throw error;
    return refused(row.id, 'It was evicted already.');
  }
  const gone = aliases.get(row.id) ?? [];
  if (gone.length > 0)
    await context.inventory.drop(
      name,
      gone.map(({ id }) => id),
    );
  return undefined;
}

/** Entries that SPIRE made with join tokens, by agent: it deletes them with their agent. */
export async function tokenAliases(
  connection: SpireConnection,
  rows: readonly AgentRow[],
): Promise<Map<string, EntryRow[]>> {
  const out = new Map<string, EntryRow[]>();
  const { client } = connection;
  for (const { id } of rows.filter((row) => row.attestationType === 'join_token')) {
    // SPIRE made it before the agent could attest, so it is among the first.
    const entries = await client.oldestUnder(id);
    const own = entries.filter(
      ({ selectors: [only, ...more] }) =>
        more.length === 0 && only?.type === 'spiffe_id' && only.value === id,
    );
    if (own.length > 0) out.set(id, own);
  }
  return out;
}

export function agentFields(row: AgentRow): ReturnType<typeof fieldChange>[] {
  const expires = new Date(Number(row.expiresAt) * 1000);
  return [
    fieldChange('Attested by', row.attestationType, ''),
    fieldChange('Attests again', row.canReattest ? 'by itself' : 'no', ''),
    fieldChange(
      'SVID expires',
      Number.isNaN(expires.getTime()) ? `${row.expiresAt} s` : expires.toISOString().replace('.000Z', 'Z'),
      '',
    ),
    ...(row.banned ? [fieldChange('Banned', 'yes', '')] : []),
  ];
}

function comeBack(rows: readonly AgentRow[]): string[] {
  const back = rows.filter(({ canReattest }) => canReattest).length;
  const gone = rows.length - back;
  const out: string[] = [];
  if (back > 0)
    out.push(
      `Evicting is no ban: ${rows.length === 1 ? 'its kind' : `the kind of ${back} of them`} attests again by itself, and ${back === 1 ? 'a running one is' : 'running ones are'} back within seconds.`,
    );
  if (gone > 0)
    out.push(
      `${rows.length === 1 ? 'It' : `${gone} of them`} cannot attest again by itself: ${gone === 1 ? 'its process ends' : 'their processes end'} at the next sync, and ${gone === 1 ? 'it needs' : 'each needs'} a new join token or its like.`,
    );
  out.push('Entries under an evicted agent stay, and are served again when it is back under the same ID.');
  return out;
}

export function aliasEffects(aliases: ReadonlyMap<string, EntryRow[]>): string[] {
  const entries = [...aliases.values()].flat();
  if (entries.length === 0) return [];
  const names = entries.slice(0, 5).map(({ spiffeId }) => spiffeId);
  const more = entries.length > names.length ? ` and ${entries.length - names.length} more` : '';
  return [
    `SPIRE deletes with it the ${count(entries.length, 'entry', 'entries')} that came with the join token: ${names.join(', ')}${more}. What is under ${entries.length === 1 ? 'that ID' : 'those IDs'} stays, with nobody to serve it.`,
  ];
}

function evictWarnings(rows: readonly AgentRow[]): Warning[] {
  const banned = rows.filter((row) => row.banned);
  return banned.length === 0
    ? []
    : [
        warn(
          'unban',
          `${count(banned.length, 'of them is', 'of them are')} banned: evicting lifts the ban, and it may attest again.`,
          Severity.DANGER,
        ),
      ];
}
