import type { JsonObject } from '@bufbuild/protobuf';
import { ItemOutcome, Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import { refuse } from '../upstream/refuse.ts';
import { loggerCommand } from '../upstream/spire/agent-commands.ts';
import { logLevels } from '../upstream/spire/logger-calls.ts';
import type { LogLevelName, LogLevels } from '../upstream/spire/logger-calls.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import { change, done, failed, fieldChange, refused } from './results.ts';
import { bindTarget, checkTarget, spireConnection } from './spire-target.ts';

interface Input {
  connection?: string;
  /** `reset`: back to the level of the server's configuration. */
  level: LogLevelName | 'reset';
}

/** Below this the lines of SPIRE's own audit log are not written: they are at INFO. */
const auditNeeds = logLevels.indexOf('info');

/** Logger.SetLogLevel and ResetLogLevel; offered on the unix socket only. */
export const loggerLevel: Action<Input> = {
  name: 'logger.level',
  title: 'Set the log level of a server',
  // It can silence SPIRE's audit log.
  role: 'administrator',
  inverse: 'logger.level',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['level'],
    properties: {
      connection: { type: 'string', maxLength: 63 },
      level: { type: 'string', maxLength: 16 },
    },
  },

  async plan({ connection: name, level }, context) {
    if (level !== 'reset' && !logLevels.includes(level))
      throw badInput('level', `one of ${logLevels.join(', ')} or reset is needed.`);
    const connection = spireConnection(context, name, undefined);
    const target = await bindTarget(connection, 'logger');
    const before = await connection.client.logger.read().catch((error: unknown) => {
      throw refuse('Reading the log level', target.connection, error);
    });
    const after = level === 'reset' ? before.launch : level;
    const words = { before: before.current ?? 'unknown', after: after ?? 'unknown' };
    return {
      title: level === 'reset' ? 'Reset the log level' : `Set the log level to ${level.toUpperCase()}`,
      target,
      changes: [
        change('update', 'log level', `log of ${target.connection}`, target.connection, [
          fieldChange('Level', words.before.toUpperCase(), words.after.toUpperCase()),
        ]),
      ],
      effects: [
        'The server’s log changes at once. No agent and no workload notices.',
        `A restart of the server returns to the level of its configuration${before.launch === undefined ? '' : `, ${before.launch.toUpperCase()}`}.`,
      ],
      warnings: levelWarnings(before, after),
      commands: [loggerCommand(connection.config.address, level === 'reset' ? undefined : level)],
      destructive: false,
      before,
      check: async () => {
        const moved = await checkTarget(connection, target);
        if (moved !== '') return moved;
        const now = await connection.client.logger.read();
        return now.current === before.current
          ? ''
          : `the level is ${now.current?.toUpperCase() ?? 'another'} now`;
      },
      async *apply() {
        const item = `log of ${target.connection}`;
        try {
          const { logger } = connection.client;
          const now = level === 'reset' ? await logger.reset() : await logger.set(level);
          yield now.current === after
            ? done(item)
            : refused(
                item,
                `The server answers that its level is ${now.current?.toUpperCase() ?? 'unknown'}.`,
              );
        } catch (error) {
          yield failed(item, error);
        }
      },
      inverseInput: (results): JsonObject | undefined =>
        results[0]?.outcome === ItemOutcome.DONE && before.current !== undefined && before.current !== after
          ? {
              connection: target.connection,
              level: before.current === before.launch ? 'reset' : before.current,
            }
          : undefined,
    };
  },
};

function levelWarnings(before: LogLevels, after: LogLevelName | undefined): Warning[] {
  if (after === undefined) return [];
  const out: Warning[] = [];
  const at = logLevels.indexOf(after);
  if (after === before.current) out.push(warn('same', 'It is at this level already.', Severity.INFO));
  if (at < auditNeeds)
    out.push(
      warn(
        'silences-audit',
        `SPIRE writes its own audit log at INFO: at ${after.toUpperCase()} it writes none of it, and nobody can tell later who called this server.`,
        Severity.DANGER,
      ),
    );
  if (at > auditNeeds)
    out.push(
      warn(
        'loud',
        `${after.toUpperCase()} writes much more, names of workloads and selectors among it: set it back when done.`,
      ),
    );
  return out;
}
