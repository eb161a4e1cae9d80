import { createClient } from '@connectrpc/connect';
import type { CallOptions, Client, Transport } from '@connectrpc/connect';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { Fault } from '../fault.ts';
import type { Calling } from './calling.ts';
import { agentRow, wireId } from './rows.ts';
import type { AgentRow } from './rows.ts';

/** A join token: a credential until an agent has used it, or it expires. Times are Unix seconds. */
export interface MadeToken {
  value: string;
  expiresAt: bigint;
}

/** The calls that read one agent and change agents: ban, evict, join tokens. Throws `Fault`. */
export class AgentCalls {
  readonly #agents: Client<typeof Agent>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#agents = createClient(Agent, transport);
    this.#call = call;
  }

  /** The agent, or undefined when the server has none of that ID. */
  async get(id: string, options?: CallOptions): Promise<AgentRow | undefined> {
    try {
      return agentRow(await this.#call(() => this.#agents.getAgent({ id: wireId(id) }, options)));
    } catch (error) {
      if (error instanceof Fault && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  /** Banning twice is no error; an agent that is not there is. */
  async ban(id: string, options?: CallOptions): Promise<void> {
    await this.#call(() => this.#agents.banAgent({ id: wireId(id) }, options));
  }

  /** Deletes the agent's row: `spire-server agent evict`. */
  async evict(id: string, options?: CallOptions): Promise<void> {
    await this.#call(() => this.#agents.deleteAgent({ id: wireId(id) }, options));
  }

  /** `alias` also makes an entry with this SPIFFE ID under the agent to come, used or not. `ttl` in seconds, ≥ 1. */
  async createJoinToken(ttl: number, alias: string, options?: CallOptions): Promise<MadeToken> {
    const { value, expiresAt } = await this.#call(() =>
      // The server makes the token: one chosen here could be guessed.
      this.#agents.createJoinToken({ ttl, ...(alias === '' ? {} : { agentId: wireId(alias) }) }, options),
    );
    return { value, expiresAt };
  }
}
