import { createHash } from 'node:crypto';
import { ConnectionKind } from '@muster/api';
import { readReference } from '../../config/credential.ts';
import type { SpireServerConfig } from '../../config/types.ts';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import { Link } from '../link.ts';
import type { CapabilityFact, Found } from '../link.ts';
import type { ConnectionDeps } from '../deps.ts';
import { sentence } from '../sentences.ts';
import { openChannel } from '../transport.ts';
import type { Channel, Identity } from '../transport.ts';
import { SpireClient } from './client.ts';
import type { BundleRow } from './rows.ts';

/** A connection to one SPIRE Server API. */
export class SpireConnection {
  readonly kind = 'spire-server';
  readonly link: Link;
  readonly config: SpireServerConfig;
  readonly #deps: ConnectionDeps;
  #channel: Channel | undefined;
  #client: SpireClient | undefined;
  // A new one whenever the files change: TLS options are fixed for a session.
  #identity = '';
  #own: BundleRow | undefined;

  constructor(config: SpireServerConfig, deps: ConnectionDeps) {
    this.config = config;
    this.#deps = deps;
    this.link = new Link(
      {
        ...deps,
        name: config.name,
        kind: ConnectionKind.SPIRE_SERVER,
        address: config.address,
        labels: config.labels ?? {},
      },
      (signal) => this.#attempt(signal),
    );
  }

  /** The client, or the fault that says why there is none now. */
  get client(): SpireClient {
    if (!this.#client || !this.link.up) throw new Fault('not-ready', 'local');
    return this.#client;
  }

  /** Fingerprints of the own authorities seen last: tell this server from another in its place (S-27). */
  get fingerprints(): string[] {
    return this.#own ? authorityFingerprints(this.#own) : [];
  }

  get ownBundle(): BundleRow | undefined {
    return this.#own;
  }

  /** Reads the own bundle again and checks whose it is. */
  async readOwnBundle(): Promise<BundleRow> {
    const bundle = await this.client.ownBundle();
    this.#check(bundle);
    this.#own = bundle;
    return bundle;
  }

  close(): void {
    this.link.close();
    this.#channel?.close();
  }

  async #attempt(signal: AbortSignal): Promise<Found> {
    const client = await this.#open();
    try {
      const own = await client.ownBundle({ signal });
      this.#check(own);
      this.#own = own;
      const entries = await probe(client.probeEntries({ signal }));
      const agents = await probe(client.probeAgents({ signal }));
      const capabilities: CapabilityFact[] = [
        { name: 'entries.read', reason: entries },
        // SPIRE's default policy gives reading and writing to the same callers.
        { name: 'entries.write', reason: entries },
        { name: 'agents.read', reason: agents },
        { name: 'bundles.read', reason: '' },
      ];
      const found = { capabilities, trustDomain: own.trustDomain, description: 'SPIRE Server' };
      return entries === '' ? found : { ...found, degraded: `Entries cannot be read. ${entries}` };
    } catch (error) {
      // A file replaced under a live session would keep us on the old server.
      this.#drop();
      throw error;
    }
  }

  #check(own: BundleRow): void {
    const wanted = this.config.trustDomain;
    if (wanted !== undefined && own.trustDomain !== wanted) throw new Fault('wrong-trust-domain', 'local');
  }

  async #open(): Promise<SpireClient> {
    const { address } = this.config;
    let identity: Identity | undefined;
    if (address.startsWith('https://')) {
      identity = await this.#readIdentity();
      const print = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
      if (print !== this.#identity) this.#drop();
      this.#identity = print;
    }
    if (this.#client) return this.#client;
    this.#channel = openChannel({ address, ...(identity === undefined ? {} : { identity }) });
    this.#client = new SpireClient(this.#channel.transport, (fault) => this.link.lost(fault), this.#deps.now);
    return this.#client;
  }

  async #readIdentity(): Promise<Identity> {
    const { certFile, keyFile, bundleFile, trustDomain } = this.config;
    if (certFile === undefined || keyFile === undefined || bundleFile === undefined)
      throw new Fault('later', 'local');
    const [cert, key, ca] = await Promise.all([certFile, keyFile, bundleFile].map(readReference));
    return {
      cert: cert ?? '',
      key: key ?? '',
      ca: ca ?? '',
      serverId: `spiffe://${trustDomain ?? ''}/spire/server`,
    };
  }

  #drop(): void {
    this.#channel?.close();
    this.#channel = undefined;
    this.#client = undefined;
  }
}

/** Empty when permitted; the reason when refused; throws when the way to the server is at fault. */
async function probe(call: Promise<void>): Promise<string> {
  try {
    await call;
    return '';
  } catch (error) {
    const fault = classify(error);
    if (fault.origin !== 'server' || fault.code === 'server-unavailable') throw fault;
    return sentence(fault);
  }
}

/** Of the authorities only: sequence numbers are not kept by all servers. */
export function authorityFingerprints(bundle: BundleRow): string[] {
  return bundle.x509.map(({ der }) => createHash('sha256').update(der).digest('base64url')).toSorted();
}
