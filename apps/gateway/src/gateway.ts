import { join } from 'node:path';
import { type SessionSecret, Topic } from '@muster/api';
import type { Config } from './config/types.ts';
import { type Console, startConsole } from './console.ts';
import { EventBus } from './events.ts';
import { Pages } from './http/pages.ts';
import { RpcFront } from './http/rpc.ts';
import { HttpFront } from './http/server.ts';
import { fileLog, silentLog } from './log.ts';
import { type Clock, systemClock } from './sessions/clock.ts';
import { sessionRoutes } from './sessions/service.ts';
import { Sessions } from './sessions/sessions.ts';
import { watchRoutes } from './watch/service.ts';

export const VERSION = '0.1.0';

export interface GatewayOptions {
  /** 0 for any free port. */
  port: number;
  /** Where state is kept; undefined keeps nothing (tests). */
  home?: string;
  /** Undefined: the practice network. */
  config?: Config;
  /** Folder of the built page. */
  pages: string;
  clock?: Clock;
  /** Entries of the practice network, for benchmarks. */
  practiceEntries?: number;
  /** How long a request to the owner of a channel waits, ms; specs make it shorter. */
  approvalLimit?: number;
}

export interface Gateway {
  origin: string;
  port: number;
  practice: boolean;
  /** Paths of all RPCs, from the router itself. */
  rpcPaths: readonly string[];
  sessions: Sessions;
  createLaunchCode(): SessionSecret;
  createRuntimeSecret(): SessionSecret;
  /** First attempts of all connections are over, or took 5 s. */
  ready: Promise<void>;
  close(): Promise<void>;
}

/** Starts everything: the upstreams come up behind, the page answers at once. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const log = options.home === undefined ? silentLog : fileLog(join(options.home, 'gateway.log'));
  const events = new EventBus();
  const sessions = new Sessions(options.clock ?? systemClock, () =>
    events.emit({ kind: 'invalidated', topic: Topic.SESSIONS, scope: '' }),
  );
  const console: Console = await startConsole({
    events,
    log,
    ...(options.home === undefined ? {} : { home: options.home }),
    ...(options.config === undefined ? {} : { config: options.config }),
    ...(options.practiceEntries === undefined ? {} : { practiceEntries: options.practiceEntries }),
    ...(options.approvalLimit === undefined ? {} : { approvalLimit: options.approvalLimit }),
  });
  const listener: { origin: string } = { origin: '' };
  const rpc = new RpcFront(sessions, log, [
    sessionRoutes(sessions, () => listener.origin, VERSION),
    watchRoutes(events),
    (router) => console.routes(router),
  ]);
  const pages = await Pages.read(options.pages);
  const http = await HttpFront.listen(options.port, rpc, pages, log).catch(async (error: unknown) => {
    await console.close();
    throw error;
  });
  listener.origin = http.origin;
  log.info('started', { port: http.port });
  return {
    origin: http.origin,
    port: http.port,
    practice: console.practice,
    rpcPaths: rpc.paths,
    sessions,
    createLaunchCode: () => sessions.createLaunchCode(),
    createRuntimeSecret: () => sessions.secrets.createRuntimeSecret(),
    ready: console.ready,
    async close() {
      await http.close();
      await console.close();
      log.info('stopped');
    },
  };
}
