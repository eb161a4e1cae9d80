import type { CallOptions, Client, Transport } from '@connectrpc/connect';
import { Code, createClient } from '@connectrpc/connect';
import {
  BatchDeleteFederatedBundleRequest_Mode as Mode,
  Bundle,
} from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { TrustDomain } from '@muster/wire/gen/spire/api/server/trustdomain/v1/trustdomain_pb.js';
import { FederatesWithMatch_MatchBehavior as Match } from '@muster/wire/gen/spire/api/types/federateswith_pb.js';
import type { Status } from '@muster/wire/gen/spire/api/types/status_pb.js';
import { Fault } from '../fault.ts';
import type { Calling } from './calling.ts';
import { relationshipRow, wireBundle, wireRelationship } from './federation-rows.ts';
import type { BundleFields, RelationshipRow } from './federation-rows.ts';
import { bundleRow, entryRow } from './rows.ts';
import type { BundleRow, EntryRow } from './rows.ts';

/** How one item of a batch went: the RPC is OK even when its item failed. */
export type WriteOutcome = { ok: true } | { ok: false; code: number; words: string };

/** What becomes of the entries that federate with a trust domain whose bundle is deleted. */
export type DeleteMode = 'restrict' | 'dissociate' | 'delete';

const modes: Record<DeleteMode, Mode> = {
  restrict: Mode.RESTRICT,
  dissociate: Mode.DISSOCIATE,
  delete: Mode.DELETE,
};

/** Federation relationships and federated bundles. Throws `Fault`. */
export class FederationCalls {
  readonly #trustDomains: Client<typeof TrustDomain>;
  readonly #bundles: Client<typeof Bundle>;
  readonly #entries: Client<typeof Entry>;
  readonly #call: Calling;

  constructor(transport: Transport, call: Calling) {
    this.#trustDomains = createClient(TrustDomain, transport);
    this.#bundles = createClient(Bundle, transport);
    this.#entries = createClient(Entry, transport);
    this.#call = call;
  }

  /** Every relationship; the bundles are left out of the answer. */
  async relationships(options?: CallOptions): Promise<RelationshipRow[]> {
    const rows: RelationshipRow[] = [];
    let pageToken = '';
    do {
      const page = await this.#call(() =>
        this.#trustDomains.listFederationRelationships(
          {
            pageSize: 100,
            pageToken,
            outputMask: { bundleEndpointUrl: true, bundleEndpointProfile: true },
          },
          options,
        ),
      );
      rows.push(...page.federationRelationships.map(relationshipRow));
      pageToken = page.nextPageToken;
    } while (pageToken !== '' && rows.length < 10_000);
    return rows;
  }

  /** The relationship with a peer, or undefined when there is none. */
  relationship(trustDomain: string, options?: CallOptions): Promise<RelationshipRow | undefined> {
    return missing(async () =>
      relationshipRow(
        await this.#call(() => this.#trustDomains.getFederationRelationship({ trustDomain }, options)),
      ),
    );
  }

  /** A duplicate is answered with 13, not 6: callers look first. */
  async createRelationship(row: RelationshipRow, options?: CallOptions): Promise<WriteOutcome> {
    const { results } = await this.#call(() =>
      this.#trustDomains.batchCreateFederationRelationship(
        { federationRelationships: [wireRelationship(row)] },
        options,
      ),
    );
    return outcome(results[0]?.status);
  }

  async updateRelationship(row: RelationshipRow, options?: CallOptions): Promise<WriteOutcome> {
    const { results } = await this.#call(() =>
      this.#trustDomains.batchUpdateFederationRelationship(
        {
          federationRelationships: [wireRelationship(row)],
          inputMask: { bundleEndpointUrl: true, bundleEndpointProfile: true },
        },
        options,
      ),
    );
    return outcome(results[0]?.status);
  }

  async deleteRelationship(trustDomain: string, options?: CallOptions): Promise<WriteOutcome> {
    const { results } = await this.#call(() =>
      this.#trustDomains.batchDeleteFederationRelationship({ trustDomains: [trustDomain] }, options),
    );
    return outcome(results[0]?.status);
  }

  /** The server fetches from the endpoint now, writes what it gets, and says why when it cannot. */
  async refresh(trustDomain: string, options?: CallOptions): Promise<void> {
    await this.#call(() => this.#trustDomains.refreshBundle({ trustDomain }, options));
  }

  /** The copy of a peer's bundle, or undefined when the server has none. */
  bundle(trustDomain: string, now: Date, options?: CallOptions): Promise<BundleRow | undefined> {
    return missing(async () =>
      bundleRow(
        await this.#call(() => this.#bundles.getFederatedBundle({ trustDomain }, options)),
        false,
        now,
      ),
    );
  }

  /** Makes or replaces the copy. */
  async setBundle(fields: BundleFields, options?: CallOptions): Promise<WriteOutcome> {
    const { results } = await this.#call(() =>
      this.#bundles.batchSetFederatedBundle({ bundle: [wireBundle(fields)] }, options),
    );
    return outcome(results[0]?.status);
  }

  async deleteBundle(trustDomain: string, mode: DeleteMode, options?: CallOptions): Promise<WriteOutcome> {
    const { results } = await this.#call(() =>
      this.#bundles.batchDeleteFederatedBundle({ trustDomains: [trustDomain], mode: modes[mode] }, options),
    );
    return outcome(results[0]?.status);
  }

  /** Entries that federate with a trust domain, by the server's own filter; at most `most`, and whether there are more. */
  async entriesWith(
    trustDomain: string,
    most: number,
    options?: CallOptions,
  ): Promise<{ rows: EntryRow[]; more: boolean }> {
    const rows: EntryRow[] = [];
    let pageToken = '';
    do {
      const filter = { byFederatesWith: { trustDomains: [trustDomain], match: Match.MATCH_ANY } };
      const page = await this.#call(() =>
        this.#entries.listEntries({ filter, pageSize: 1000, pageToken }, options),
      );
      rows.push(...page.entries.map(entryRow));
      pageToken = page.nextPageToken;
    } while (pageToken !== '' && rows.length <= most);
    return { rows: rows.slice(0, most), more: rows.length > most };
  }
}

async function missing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-found') return undefined;
    throw error;
  }
}

function outcome(status: Status | undefined): WriteOutcome {
  const code = status?.code ?? Code.Unknown;
  return code === 0 ? { ok: true } : { ok: false, code, words: status?.message ?? '' };
}
