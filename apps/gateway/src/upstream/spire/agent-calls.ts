import { createClient } from '@connectrpc/connect';
import type { Client, Transport } from '@connectrpc/connect';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import type { Calling } from './client.ts';

/** The calls that change agents: ban, evict, join tokens. Throws `Fault`. */
export class AgentCalls {
  readonly #agents: Client<typeof Agent>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#agents = createClient(Agent, transport);
    this.#call = call;
  }
}
