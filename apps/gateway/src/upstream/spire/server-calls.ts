import { createClient } from '@connectrpc/connect';
import type { CallOptions, Client, Transport } from '@connectrpc/connect';
import { Health } from '@muster/wire/gen/health/v1/health_pb.js';
import { HealthCheckResponse_ServingStatus as ServingStatus } from '@muster/wire/gen/health/v1/health_pb.js';
import { Debug } from '@muster/wire/gen/spire/api/server/debug/v1/debug_pb.js';
import type { Calling } from './calling.ts';

/** What a server says of itself. Times are Unix seconds. */
export interface ServerInfo {
  /** Seconds since it was started. */
  uptime: number;
  entries: number;
  agents: number;
  /** Its own is one of them. */
  bundles: number;
  spiffeId: string;
  svidExpiresAt: bigint;
}

/** Health and debug of a server; on its unix socket only. Throws `Fault`. */
export class ServerCalls {
  readonly #health: Client<typeof Health>;
  readonly #debug: Client<typeof Debug>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#health = createClient(Health, transport);
    this.#debug = createClient(Debug, transport);
    this.#call = call;
  }

  /** SPIRE knows only its whole: a named service is refused, and so is Watch. */
  async serving(options?: CallOptions): Promise<boolean> {
    const { status } = await this.#call(() => this.#health.check({ service: '' }, options));
    return status === ServingStatus.SERVING;
  }

  /** Walks all entries to count them: never to be polled. */
  async info(options?: CallOptions): Promise<ServerInfo> {
    const answer = await this.#call(() => this.#debug.getInfo({}, options));
    const [own] = answer.svidChain;
    return {
      uptime: answer.uptime,
      entries: answer.entriesCount,
      agents: answer.agentsCount,
      bundles: answer.federatedBundlesCount,
      spiffeId: own?.id ? `spiffe://${own.id.trustDomain}${own.id.path}` : '',
      svidExpiresAt: own?.expiresAt ?? 0n,
    };
  }
}
