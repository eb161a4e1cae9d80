import { createClient } from '@connectrpc/connect';
import type { CallOptions, Client } from '@connectrpc/connect';
import { ConnectionKind } from '@muster/api';
import { SpiffeWorkloadAPI } from '@muster/wire/gen/workload/workload_pb.js';
import type { WorkloadApiConfig } from '../../config/types.ts';
import type { ConnectionDeps } from '../deps.ts';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import { Link } from '../link.ts';
import type { Found } from '../link.ts';
import { openChannel } from '../transport.ts';
import type { Channel } from '../transport.ts';
import { strip, SvidBook } from './svids.ts';
import type { SvidRow } from './svids.ts';

/** Stops a page elsewhere from reaching the API through a confused client; any other value is refused. */
const headers = { 'workload.spiffe.io': 'true' };

/** A connection to a Workload API: its stream of X.509-SVIDs, kept without keys. */
export class WorkloadConnection {
  readonly kind = 'workload-api';
  readonly link: Link;
  readonly config: WorkloadApiConfig;
  readonly #book: SvidBook;
  readonly #channel: Channel;
  readonly #client: Client<typeof SpiffeWorkloadAPI>;
  #stream: AbortController | undefined;

  constructor(config: WorkloadApiConfig, deps: ConnectionDeps & { onSvids: () => void }) {
    this.config = config;
    this.#book = new SvidBook(deps.now, deps.onSvids);
    this.#channel = openChannel({ address: config.address });
    this.#client = createClient(SpiffeWorkloadAPI, this.#channel.transport);
    this.link = new Link(
      {
        ...deps,
        name: config.name,
        kind: ConnectionKind.WORKLOAD_API,
        address: config.address,
        labels: config.labels ?? {},
      },
      (signal) => this.#attempt(signal),
    );
  }

  get svids(): SvidRow[] {
    return this.#book.rows;
  }

  /** Trust domain → PEM of its X.509 authorities. */
  get bundles(): ReadonlyMap<string, string> {
    return this.#book.bundles;
  }

  /** One JWT-SVID for the audience, with the JWT bundles to judge it by. A bearer token: never log it. */
  async fetchJwt(
    audience: string,
    spiffeId: string,
  ): Promise<{ token: string; spiffeId: string; bundles: Map<string, string> }> {
    const options: CallOptions = { headers, timeoutMs: 10_000 };
    try {
      const answer = await this.#client.fetchJWTSVID({ audience: [audience], spiffeId }, options);
      const [first] = answer.svids;
      if (!first) throw new Fault('no-identity', 'server');
      const bundles = new Map<string, string>();
      // The first message is the full state; leaving the loop ends the stream.
      for await (const message of this.#client.fetchJWTBundles({}, options)) {
        for (const [name, json] of Object.entries(message.bundles)) {
          bundles.set(name.replace(/^spiffe:\/\//u, ''), Buffer.from(json).toString('utf8'));
        }
        break;
      }
      return { token: first.svid, spiffeId: first.spiffeId, bundles };
    } catch (error) {
      throw noIdentity(classify(error));
    }
  }

  close(): void {
    this.link.close();
    this.#book.close();
    this.#stream?.abort();
    this.#channel.close();
  }

  async #attempt(signal: AbortSignal): Promise<Found> {
    if (!this.#stream) await this.#openStream(signal);
    const [first] = this.#book.rows;
    const trustDomain = /^spiffe:\/\/([^/]+)/u.exec(first?.spiffeId ?? '')?.[1] ?? '';
    return {
      capabilities: [
        { name: 'svids.x509', reason: '' },
        { name: 'svids.jwt', reason: '' },
      ],
      trustDomain,
      description: 'SPIFFE Workload API',
    };
  }

  /** Resolves at the first message; the rest of the stream is followed in the background. */
  async #openStream(signal: AbortSignal): Promise<void> {
    const own = new AbortController();
    const giveUp = (): void => own.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    // No deadline: the stream stays open for as long as the agent runs.
    const stream = this.#client
      .fetchX509SVID({}, { headers, signal: own.signal, timeoutMs: 0 })
      [Symbol.asyncIterator]();
    try {
      const first = await stream.next();
      if (first.done === true) throw new Fault('broken', 'transport');
      this.#book.receive(strip(first.value));
    } catch (error) {
      const fault = noIdentity(classify(error));
      if (fault.code === 'no-identity') this.#book.clear();
      throw fault;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    this.#stream = own;
    void this.#follow(stream, own);
  }

  async #follow(stream: AsyncIterator<Parameters<typeof strip>[0]>, own: AbortController): Promise<void> {
    let fault = new Fault('broken', 'transport');
    try {
      for (let next = await stream.next(); next.done !== true; next = await stream.next())
        this.#book.receive(strip(next.value));
    } catch (error) {
      fault = noIdentity(classify(error));
    }
    if (this.#stream === own) this.#stream = undefined;
    if (own.signal.aborted) return;
    // Only the server's word ends an identity; a lost agent leaves the SVIDs valid until they expire.
    if (fault.code === 'no-identity') this.#book.clear();
    this.link.lost(fault);
  }
}

/** On this API PermissionDenied means that no entry matches the caller. */
function noIdentity(fault: Fault): Fault {
  return fault.origin === 'server' && fault.code === 'denied'
    ? new Fault('no-identity', 'server', { cause: fault })
    : fault;
}
