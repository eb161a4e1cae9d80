import { createClient } from '@connectrpc/connect';
import type { Client, Transport } from '@connectrpc/connect';
import { TrustDomain } from '@muster/wire/gen/spire/api/server/trustdomain/v1/trustdomain_pb.js';
import type { Calling } from './client.ts';

/** Federation relationships and federated bundles. Throws `Fault`. */
export class FederationCalls {
  readonly #trustDomains: Client<typeof TrustDomain>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#trustDomains = createClient(TrustDomain, transport);
    this.#call = call;
  }
}
