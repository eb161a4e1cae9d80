import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { GetServerResponseSchema, LoggerLevel, ServerHealth, ServerService, Severity } from '@muster/api';
import type { GetServerResponse, Warning } from '@muster/api';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { sentence } from '../upstream/sentences.ts';
import { readServerCommands } from '../upstream/spire/agent-commands.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { logLevels } from '../upstream/spire/logger-calls.ts';
import type { LogLevelName } from '../upstream/spire/logger-calls.ts';
import type { ServerInfo } from '../upstream/spire/server-calls.ts';
import { noSuchConnection } from './context.ts';
import type { ViewContext } from './context.ts';
import { warn } from './entry-warnings.ts';
import { timestamp } from './times.ts';

/** The server walks all its entries for them: asked for again within this, the same answer is given. */
const keepDetailsMs = 60_000;
const patience = { timeoutMs: 60_000 };
type Part = Partial<MessageInitShape<typeof GetServerResponseSchema> & object>;

export function serverService(context: ViewContext): Partial<ServiceImpl<typeof ServerService>> {
  const kept = new Map<string, { at: Date; info: Promise<ServerInfo> }>();

  const details = async (source: SpireConnection): Promise<Part> => {
    const { name } = source.link;
    const lacks = source.link.lacks('debug');
    if (lacks !== '') return { detailsReason: lacks };
    const old = kept.get(name);
    const now = context.now();
    const fresh = old && now.getTime() - old.at.getTime() < keepDetailsMs ? old : undefined;
    const reading = fresh ?? { at: now, info: ask(() => source.client.server.info(patience)) };
    kept.set(name, reading);
    try {
      const { uptime, svidExpiresAt, spiffeId, ...counts } = await reading.info;
      return {
        details: {
          spiffeId,
          entries: BigInt(counts.entries),
          agents: BigInt(counts.agents),
          bundles: BigInt(counts.bundles),
          startedAt: timestampFromDate(new Date(reading.at.getTime() - uptime * 1000)),
          svidExpiresAt: timestamp(svidExpiresAt),
          readAt: timestampFromDate(reading.at),
        } as NonNullable<Part['details']>,
      };
    } catch (error) {
      kept.delete(name);
      return { detailsReason: sentence(error) };
    }
  };

  return {
    async getServer({ connection, details: wanted }) {
      const all = context.connections.spire;
      const source =
        connection === '' && all.length === 1 ? all[0] : all.find(({ link }) => link.name === connection);
      if (!source) throw noSuchConnection(connection, all);
      const parts: Part[] = await Promise.all([health(source), level(source), wanted ? details(source) : {}]);
      return create(GetServerResponseSchema, {
        connection: source.link.name,
        trustDomain: source.link.trustDomain || (source.config.trustDomain ?? ''),
        commands: readServerCommands(source.config.address),
        ...Object.assign({}, ...parts),
      }) as GetServerResponse;
    },
  };
}

/** The getter of a client throws when there is none. */
async function ask<T>(call: () => Promise<T>): Promise<T> {
  return call();
}

async function health(source: SpireConnection): Promise<Part> {
  const lacks = source.link.lacks('debug');
  if (lacks !== '') return { healthReason: lacks };
  try {
    const serving = await ask(() => source.client.server.serving({ timeoutMs: 5000 }));
    return { health: serving ? ServerHealth.SERVING : ServerHealth.NOT_SERVING };
  } catch (error) {
    return { healthReason: sentence(error) };
  }
}

async function level(source: SpireConnection): Promise<Part> {
  const lacks = source.link.lacks('logger');
  if (lacks !== '') return { levelReason: lacks };
  try {
    const { current, launch } = await ask(() => source.client.logger.read({ timeoutMs: 5000 }));
    return {
      level: levelOf(current),
      launchLevel: levelOf(launch),
      warnings: current === undefined ? [] : levelWarnings(current),
      ...(current === undefined ? { levelReason: 'The server names a level that is not known here.' } : {}),
    };
  } catch (error) {
    return { levelReason: sentence(error) };
  }
}

const levelOf = (name: LogLevelName | undefined): LoggerLevel =>
  name === undefined ? LoggerLevel.UNSPECIFIED : ((logLevels.indexOf(name) + 1) as LoggerLevel);

function levelWarnings(current: LogLevelName): Warning[] {
  return logLevels.indexOf(current) < logLevels.indexOf('info')
    ? [
        warn(
          'silences-audit',
          `At ${current.toUpperCase()} SPIRE writes no audit log: its lines are at INFO.`,
          Severity.DANGER,
        ),
      ]
    : [];
}
