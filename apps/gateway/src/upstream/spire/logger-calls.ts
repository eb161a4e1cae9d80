import { createClient } from '@connectrpc/connect';
import type { Client, Transport } from '@connectrpc/connect';
import { Logger } from '@muster/wire/gen/spire/api/server/logger/v1/logger_pb.js';
import type { Calling } from './client.ts';

/** The level of the server’s log; on its unix socket only. Throws `Fault`. */
export class LoggerCalls {
  readonly #logger: Client<typeof Logger>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#logger = createClient(Logger, transport);
    this.#call = call;
  }
}
