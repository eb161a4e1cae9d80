import { createClient } from '@connectrpc/connect';
import type { CallOptions, Client, Transport } from '@connectrpc/connect';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { SVID } from '@muster/wire/gen/spire/api/server/svid/v1/svid_pb.js';
import { Fault } from '../fault.ts';
import { toPem } from '../workload/der.ts';
import type { Calling } from './calling.ts';
import { entryRow, wireId } from './rows.ts';
import type { EntryRow } from './rows.ts';

/** An X.509-SVID as minted. */
export interface MintedX509 {
  /** Leaf, then intermediates. */
  chain: Uint8Array[];
  chainPem: string;
  /** Unix seconds. */
  expiresAt: bigint;
}

/** A JWT-SVID as minted: a bearer token. */
export interface MintedJwt {
  token: string;
  /** Unix seconds. */
  expiresAt: bigint;
}

const most = 1000;

/** Minting SVIDs. Throws `Fault`. */
export class SvidCalls {
  readonly #svids: Client<typeof SVID>;
  readonly #entries: Client<typeof Entry>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#svids = createClient(SVID, transport);
    this.#entries = createClient(Entry, transport);
    this.#call = call;
  }

  /** `csr` is DER, `ttl` seconds, 0 for the server's default. The server shortens what outlives its authority. */
  async mintX509(csr: Uint8Array, ttl: number, options?: CallOptions): Promise<MintedX509> {
    const { svid } = await this.#call(() =>
      this.#svids.mintX509SVID({ csr: new Uint8Array(csr), ttl }, options),
    );
    if (!svid || svid.certChain.length === 0) throw new Fault('server-error', 'server');
    return { chain: svid.certChain, chainPem: toPem(svid.certChain), expiresAt: svid.expiresAt };
  }

  async mintJwt(
    spiffeId: string,
    audience: readonly string[],
    ttl: number,
    options?: CallOptions,
  ): Promise<MintedJwt> {
    const { svid } = await this.#call(() =>
      this.#svids.mintJWTSVID({ id: wireId(spiffeId), audience: [...audience], ttl }, options),
    );
    if (!svid || svid.token === '') throw new Fault('server-error', 'server');
    return { token: svid.token, expiresAt: svid.expiresAt };
  }

  /** Entries with exactly this SPIFFE ID, the first thousand. */
  async entriesOf(spiffeId: string, options?: CallOptions): Promise<EntryRow[]> {
    const { entries } = await this.#call(() =>
      this.#entries.listEntries({ filter: { bySpiffeId: wireId(spiffeId) }, pageSize: most }, options),
    );
    return entries.map(entryRow);
  }
}
