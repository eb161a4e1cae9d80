import { Severity } from '@muster/api';
import { banCommand } from '../upstream/spire/agent-commands.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import { agentDrift, agentsSchema, chooseAgents } from './agent-input.ts';
import type { AgentsInput } from './agent-input.ts';
import { eachAgent, impactEffect, impactOf, impactWarnings } from './agent-run.ts';
import { change, count, fieldChange } from './results.ts';
import { checkTarget } from './spire-target.ts';

const shownCommands = 20;

/** Agent.BanAgent: the row stays, and the agent is refused for good. */
export const agentBan: Action<AgentsInput> = {
  name: 'agent.ban',
  title: 'Ban agents',
  role: 'operator',
  // SPIRE has no unban: evicting the row is the way back, and is another thing than undoing.
  inverse: '',
  inputSchema: agentsSchema,

  async plan(input, context) {
    const { connection, target, rows } = await chooseAgents(input, context);
    const impact = await impactOf(context, connection, rows);
    const already = rows.filter(({ banned }) => banned);
    const one = rows.length === 1;
    return {
      title: `Ban ${count(rows.length, 'agent', 'agents')}`,
      target,
      changes: rows.map((row) =>
        change('ban', 'agent', row.id, target.connection, [
          fieldChange('Banned', row.banned ? 'yes' : 'no', 'yes'),
          ...(row.serialNumber === '' ? [] : [fieldChange('SVID serial', row.serialNumber, '')]),
        ]),
      ),
      effects: [
        `${one ? 'The agent’s process exits' : 'The agents’ processes exit'} at the next sync, usually within 5 seconds, and cannot attest again, not even with an empty data directory. Workloads lose the Workload API there; SVIDs they hold stay valid until they expire.`,
        impactEffect(impact, rows.length),
        'Nothing undoes a ban: SPIRE has no unban. To let an agent back, evict it; it may then attest again.',
      ],
      warnings: [
        ...(already.length === 0
          ? []
          : [
              warn(
                'banned',
                `${count(already.length, 'of them is', 'of them are')} banned already: banning again changes nothing.`,
                Severity.INFO,
              ),
            ]),
        ...impactWarnings(impact),
      ],
      commands: rows.slice(0, shownCommands).map(({ id }) => banCommand(connection.config.address, id)),
      destructive: true,
      before: rows.map(({ id, banned, canReattest }) => ({ id, banned, canReattest })),
      check: async () => (await checkTarget(connection, target)) || agentDrift(connection, rows),
      async *apply() {
        yield* eachAgent(rows, async (row) => {
          await connection.client.agents.ban(row.id);
          return undefined;
        });
        await context.inventory.refreshAgents(target.connection);
      },
      inverseInput: () => undefined,
    };
  },
};
