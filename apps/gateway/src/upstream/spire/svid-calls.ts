import { createClient } from '@connectrpc/connect';
import type { Client, Transport } from '@connectrpc/connect';
import { SVID } from '@muster/wire/gen/spire/api/server/svid/v1/svid_pb.js';
import type { Calling } from './client.ts';

/** Minting SVIDs. Throws `Fault`. */
export class SvidCalls {
  readonly #svids: Client<typeof SVID>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#svids = createClient(SVID, transport);
    this.#call = call;
  }
}
