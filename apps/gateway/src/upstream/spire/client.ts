import { create, toBinary } from '@bufbuild/protobuf';
import { Code, createClient } from '@connectrpc/connect';
import type { CallOptions, Client, Transport } from '@connectrpc/connect';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { EntrySchema } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import type { Status } from '@muster/wire/gen/spire/api/types/status_pb.js';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import { AgentCalls } from './agent-calls.ts';
import { AuthorityCalls } from './authority-calls.ts';
import { batches } from './batches.ts';
import type { Calling } from './calling.ts';
import { readPackedPage } from './entry-pages.ts';
import type { EntryPage } from './entry-pages.ts';
import { entryOf, unpack } from './entry-wire.ts';
import type { PackedEntries } from './entry-wire.ts';
import { FederationCalls } from './federation-calls.ts';
import { LoggerCalls } from './logger-calls.ts';
import { agentRow, bundleRow, entryRow, maskOf, wireEntry, wireId } from './rows.ts';
import type { AgentRow, BundleRow, EntryFields, EntryRow } from './rows.ts';
import { ServerCalls } from './server-calls.ts';
import { SvidCalls } from './svid-calls.ts';

/** Outcome of one item of a batch: the RPC is OK even when every item failed. */
export type ItemOutcome =
  { ok: true; entry: EntryRow } | { ok: false; code: number; words: string; similar?: EntryRow };

const pageSize = 1000;

/** The read and write calls Muster makes of a SPIRE Server API. Throws `Fault`. */
export class SpireClient {
  readonly agents: AgentCalls;
  readonly federation: FederationCalls;
  readonly authorities: AuthorityCalls;
  readonly svids: SvidCalls;
  readonly logger: LoggerCalls;
  readonly server: ServerCalls;
  readonly #entries: Client<typeof Entry>;
  readonly #agents: Client<typeof Agent>;
  readonly #bundles: Client<typeof Bundle>;
  readonly #transport: Transport;
  readonly #onFault: (fault: Fault) => void;
  readonly #now: () => Date;
  readonly #ownId: () => string;

  /** @param ownId the SPIFFE ID we sign in with; empty on a socket, which asks for none */
  constructor(
    transport: Transport,
    onFault: (fault: Fault) => void,
    now: () => Date,
    ownId: () => string = () => '',
  ) {
    this.#entries = createClient(Entry, transport);
    this.#agents = createClient(Agent, transport);
    this.#bundles = createClient(Bundle, transport);
    this.#transport = transport;
    this.#onFault = onFault;
    this.#now = now;
    this.#ownId = ownId;
    const calling: Calling = (call) => this.#call(call);
    this.agents = new AgentCalls(transport, calling);
    this.federation = new FederationCalls(transport, calling);
    this.authorities = new AuthorityCalls(transport, calling);
    this.svids = new SvidCalls(transport, calling);
    this.logger = new LoggerCalls(transport, calling);
    this.server = new ServerCalls(transport, calling);
  }

  /**
   * Pages of entries as bytes, in the order of their creation. The next page is under way while one is dealt with.
   * A short page is not the last: only an empty token is. `first` is the size of the first page; smaller than the others
   * it is there sooner, and no other is asked for until it has been dealt with.
   */
  async *packedPages(options?: CallOptions, first = pageSize): AsyncGenerator<PackedEntries> {
    const read = (pageToken: string, size = pageSize): Promise<EntryPage> =>
      this.#call(() => readPackedPage(this.#transport, { pageSize: size, pageToken }, options));
    let next: Promise<EntryPage> | undefined = read('', first);
    if (first < pageSize) {
      const page: EntryPage = await next;
      yield page.entries;
      next = page.nextPageToken === '' ? undefined : read(page.nextPageToken);
    }
    while (next !== undefined) {
      const page: EntryPage = await next;
      next = page.nextPageToken === '' ? undefined : read(page.nextPageToken);
      // Awaited at the next turn, or never when nobody asks for it.
      next?.catch(() => {});
      yield page.entries;
    }
  }

  /** The same, read. */
  async *entryPages(options?: CallOptions): AsyncGenerator<EntryRow[]> {
    for await (const page of this.packedPages(options)) yield [...unpack(page)].map(entryOf);
  }

  async *agentPages(options?: CallOptions): AsyncGenerator<AgentRow[]> {
    let pageToken = '';
    do {
      const page = await this.#call(() => this.#agents.listAgents({ pageSize, pageToken }, options));
      yield page.agents.map(agentRow);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }

  /** Cheapest call that needs the permission to read entries. */
  async probeEntries(options?: CallOptions): Promise<void> {
    await this.#call(() => this.#entries.listEntries({ pageSize: 1, outputMask: {} }, options));
  }

  async probeAgents(options?: CallOptions): Promise<void> {
    await this.#call(() => this.#agents.listAgents({ pageSize: 1, outputMask: {} }, options));
  }

  /** The entry, or undefined when the server has none of that id. */
  async entry(id: string, options?: CallOptions): Promise<EntryRow | undefined> {
    try {
      return entryRow(await this.#call(() => this.#entries.getEntry({ id }, options)));
    } catch (error) {
      if (error instanceof Fault && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  /** Entries with exactly this SPIFFE ID and parent; an exact filter answers in milliseconds at any size. */
  async entriesLike(spiffeId: string, parentId: string, options?: CallOptions): Promise<EntryRow[]> {
    const rows: EntryRow[] = [];
    let pageToken = '';
    do {
      const filter = { bySpiffeId: wireId(spiffeId), byParentId: wireId(parentId) };
      const page = await this.#call(() =>
        this.#entries.listEntries({ filter, pageSize, pageToken }, options),
      );
      rows.push(...page.entries.map(entryRow));
      pageToken = page.nextPageToken;
    } while (pageToken !== '' && rows.length < 10_000);
    return rows;
  }

  /** The oldest entries with exactly this SPIFFE ID, which is a workload's of this trust domain; `most` at most. */
  async entriesNamed(
    spiffeId: string,
    most: number,
    options?: CallOptions,
  ): Promise<{ rows: EntryRow[]; more: boolean }> {
    const filter = { bySpiffeId: wireId(spiffeId) };
    const page = await this.#call(() => this.#entries.listEntries({ filter, pageSize: most + 1 }, options));
    return { rows: page.entries.slice(0, most).map(entryRow), more: page.entries.length > most };
  }

  /** The oldest entries directly under a parent, a page of them: order is that of creation. */
  async oldestUnder(parentId: string, options?: CallOptions): Promise<EntryRow[]> {
    const filter = { byParentId: wireId(parentId) };
    const page = await this.#call(() => this.#entries.listEntries({ filter, pageSize: 100 }, options));
    return page.entries.map(entryRow);
  }

  /** Creates in batches bounded by bytes; yields the outcomes of each batch in the order given. */
  async *createEntries(
    entries: readonly EntryFields[],
    options?: CallOptions,
  ): AsyncGenerator<ItemOutcome[]> {
    const size = (fields: EntryFields): number =>
      toBinary(EntrySchema, create(EntrySchema, wireEntry(fields))).length;
    for (const batch of batches(entries, size)) {
      const answer = await this.#call(() =>
        this.#entries.batchCreateEntry({ entries: batch.map(wireEntry) }, options),
      );
      yield answer.results.map(({ status, entry }) => outcome(status, entry && entryRow(entry)));
    }
  }

  /** Writes only the fields given. */
  async updateEntry(id: string, fields: Partial<EntryFields>, options?: CallOptions): Promise<ItemOutcome> {
    const answer = await this.#call(() =>
      this.#entries.batchUpdateEntry(
        { entries: [wireEntry({ ...fields, id })], inputMask: maskOf(fields) },
        options,
      ),
    );
    const result = answer.results[0];
    return outcome(result?.status, result?.entry && entryRow(result.entry));
  }

  /** Writes these fields of many entries; one mask a batch, so all items must give the same ones. */
  async *updateEntries(
    items: readonly { id: string; fields: Partial<EntryFields> }[],
    options?: CallOptions,
  ): AsyncGenerator<ItemOutcome[]> {
    const wire = ({ id, fields }: { id: string; fields: Partial<EntryFields> }) =>
      wireEntry({ ...fields, id });
    const size = (item: { id: string; fields: Partial<EntryFields> }): number =>
      toBinary(EntrySchema, create(EntrySchema, wire(item))).length;
    for (const batch of batches(items, size)) {
      const answer = await this.#call(() =>
        this.#entries.batchUpdateEntry(
          { entries: batch.map(wire), inputMask: maskOf(batch[0]?.fields ?? {}) },
          options,
        ),
      );
      yield answer.results.map(({ status, entry }) => outcome(status, entry && entryRow(entry)));
    }
  }

  async *deleteEntries(
    ids: readonly string[],
    options?: CallOptions,
  ): AsyncGenerator<{ id: string; code: number; words: string }[]> {
    for (const batch of batches(ids, (id) => id.length + 4)) {
      const answer = await this.#call(() => this.#entries.batchDeleteEntry({ ids: batch }, options));
      yield answer.results.map(({ id, status }, index) => ({
        id: id === '' ? (batch[index] ?? '') : id,
        code: status?.code ?? Code.Unknown,
        words: status?.message ?? '',
      }));
    }
  }

  /** The server's own bundle; every caller may read it. */
  async ownBundle(options?: CallOptions): Promise<BundleRow> {
    return bundleRow(await this.#call(() => this.#bundles.getBundle({}, options)), true, this.#now());
  }

  async federatedBundles(options?: CallOptions): Promise<BundleRow[]> {
    const rows: BundleRow[] = [];
    let pageToken = '';
    do {
      const page = await this.#call(() =>
        this.#bundles.listFederatedBundles({ pageSize: 100, pageToken }, options),
      );
      rows.push(...page.bundles.map((bundle) => bundleRow(bundle, false, this.#now())));
      pageToken = page.nextPageToken;
    } while (pageToken !== '' && rows.length < 10_000);
    return rows;
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const fault = classify(error);
      if (fault.lost) this.#onFault(fault);
      throw fault.code === 'denied' && fault.origin === 'server' ? this.#denied(fault) : fault;
    }
  }

  #denied({ words, grpc, cause }: Fault): Fault {
    const more = { words, cause, detail: this.#ownId() };
    return new Fault('denied', 'server', grpc === undefined ? more : { ...more, grpc });
  }
}

function outcome(status: Status | undefined, entry: EntryRow | undefined): ItemOutcome {
  const code = status?.code ?? Code.Unknown;
  if (code === 0 && entry) return { ok: true, entry };
  return {
    ok: false,
    code,
    words: status?.message ?? '',
    ...(entry === undefined ? {} : { similar: entry }),
  };
}
