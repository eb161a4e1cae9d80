import { createClient } from '@connectrpc/connect';
import type { CallOptions, Client, Transport } from '@connectrpc/connect';
import { Logger } from '@muster/wire/gen/spire/api/server/logger/v1/logger_pb.js';
import type { Calling } from './calling.ts';

/** Levels of SPIRE's log, from quiet to loud; the place in this list is the number on the wire, 0 is none. */
export const logLevels = ['panic', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevelName = (typeof logLevels)[number];

export interface LogLevels {
  /** Undefined: a level that SPIRE 1.15 does not have. */
  current: LogLevelName | undefined;
  /** The one it was started with. */
  launch: LogLevelName | undefined;
}

interface WireLevels {
  currentLevel: number;
  launchLevel: number;
}
const named = ({ currentLevel, launchLevel }: WireLevels): LogLevels => ({
  current: logLevels[currentLevel - 1],
  launch: logLevels[launchLevel - 1],
});

/** The level of the server’s log; on its unix socket only. Throws `Fault`. */
export class LoggerCalls {
  readonly #logger: Client<typeof Logger>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#logger = createClient(Logger, transport);
    this.#call = call;
  }

  async read(options?: CallOptions): Promise<LogLevels> {
    return named(await this.#call(() => this.#logger.getLogger({}, options)));
  }

  async set(level: LogLevelName, options?: CallOptions): Promise<LogLevels> {
    const newLevel = logLevels.indexOf(level) + 1;
    return named(await this.#call(() => this.#logger.setLogLevel({ newLevel }, options)));
  }

  /** Back to the level of its configuration. */
  async reset(options?: CallOptions): Promise<LogLevels> {
    return named(await this.#call(() => this.#logger.resetLogLevel({}, options)));
  }
}
