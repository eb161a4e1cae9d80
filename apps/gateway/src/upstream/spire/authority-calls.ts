import { createClient } from '@connectrpc/connect';
import type { Client, Transport } from '@connectrpc/connect';
import { LocalAuthority } from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import type { Calling } from './client.ts';

/** Local authorities: prepared, active, old. Throws `Fault`. */
export class AuthorityCalls {
  readonly #authorities: Client<typeof LocalAuthority>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#authorities = createClient(LocalAuthority, transport);
    this.#call = call;
  }
}
