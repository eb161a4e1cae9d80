import { createHash } from 'node:crypto';
import { ConnectionKind } from '@muster/api';
import type { SpireServerConfig } from '../../config/types.ts';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import { Link } from '../link.ts';
import type { CapabilityFact, Found } from '../link.ts';
import type { ConnectionDeps } from '../deps.ts';
import { sentence } from '../sentences.ts';
import { openRenewingChannel } from '../renewing.ts';
import type { RenewingChannel } from '../renewing.ts';
import type { SvidLender } from '../workload/lend.ts';
import { SpireClient } from './client.ts';
import { ownIdentity, requireValid } from './identity.ts';
import type { OwnIdentity } from './identity.ts';
import type { BundleRow } from './rows.ts';

export interface SpireDeps extends ConnectionDeps {
  /** The Workload API connection that our SVID is of; undefined: it is from files, or none is needed. */
  lender?: SvidLender;
}

/** A connection to one SPIRE Server API. */
export class SpireConnection {
  readonly kind = 'spire-server';
  readonly link: Link;
  readonly config: SpireServerConfig;
  readonly #deps: SpireDeps;
  #channel: RenewingChannel | undefined;
  #client: SpireClient | undefined;
  #identity: OwnIdentity | undefined;
  #own: BundleRow | undefined;
  readonly #unsubscribe: () => void;

  constructor(config: SpireServerConfig, deps: SpireDeps) {
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
    this.#unsubscribe = deps.lender?.subscribe(() => this.#lentChanged()) ?? (() => {});
  }

  /** The client, or the fault that says why there is none now. */
  get client(): SpireClient {
    if (!this.#client || !this.link.up) throw new Fault('not-ready', 'local');
    const { lender, now } = this.#deps;
    if (this.#identity) requireValid(this.#identity.expiresAt, now(), lender?.stalled ?? '');
    return this.#client;
  }

  /** SPIFFE ID we sign in with; empty on a socket, which asks for none. */
  get ownId(): string {
    return this.#identity?.spiffeId ?? '';
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
    this.#unsubscribe();
    this.link.close();
    this.#channel?.close();
  }

  async #attempt(signal: AbortSignal): Promise<Found> {
    await this.#deps.lender?.settled;
    const client = await this.#open();
    try {
      // Together: whose server it is is looked at before any of it counts.
      const [own, entries, agents] = await Promise.all([
        client.ownBundle({ signal }),
        probe(client.probeEntries({ signal })),
        probe(client.probeAgents({ signal })),
      ]);
      this.#check(own);
      this.#own = own;
      const capabilities: CapabilityFact[] = [
        { name: 'entries.read', reason: entries },
        // SPIRE's default policy gives reading, writing and minting to the same callers.
        { name: 'entries.write', reason: entries },
        { name: 'agents.read', reason: agents },
        { name: 'agents.write', reason: agents },
        { name: 'bundles.read', reason: '' },
        { name: 'svids.mint', reason: entries },
        { name: 'logger', reason: this.#socketOnly() },
        { name: 'debug', reason: this.#socketOnly() },
      ];
      const degraded = entries === '' ? this.#stalled() : `Entries cannot be read. ${entries}`;
      return {
        capabilities,
        trustDomain: own.trustDomain,
        description: this.ownId === '' ? 'SPIRE Server' : `SPIRE Server, signed in to as ${this.ownId}`,
        ...(degraded === '' ? {} : { degraded }),
      };
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

  /** Over TCP SPIRE answers Unimplemented to Logger, Debug and Health. */
  #socketOnly(): string {
    return this.config.address.startsWith('unix://')
      ? ''
      : 'SPIRE offers this on its own host’s socket only, not over the network.';
  }

  #stalled(): string {
    const identity = this.#identity;
    if (!identity || identity.stalled === '') return '';
    return `Our SVID is not renewed: ${identity.stalled} It is valid until ${identity.expiresAt.toISOString()}.`;
  }

  async #open(): Promise<SpireClient> {
    const { address } = this.config;
    const identity = address.startsWith('https://')
      ? await ownIdentity(this.config, this.#deps.lender, this.#deps.now())
      : undefined;
    if (this.#client && this.#channel) {
      if (identity) this.#renew(this.#channel, identity);
      return this.#client;
    }
    this.#identity = identity;
    this.#channel = openRenewingChannel({
      address,
      ...(identity === undefined ? {} : { identity: identity.tls }),
    });
    this.#client = new SpireClient(
      this.#channel.transport,
      (fault) => this.link.lost(fault),
      this.#deps.now,
      () => this.ownId,
    );
    return this.#client;
  }

  #renew(channel: RenewingChannel, identity: OwnIdentity): void {
    const same = this.#identity?.print === identity.print;
    this.#identity = identity;
    if (!same) channel.renew({ address: this.config.address, identity: identity.tls });
  }

  /** A rotation is taken over at once, without a pause; an identity that is gone ends the connection at once. */
  #lentChanged(): void {
    const channel = this.#channel;
    if (!channel || !this.link.up) return this.link.retry();
    ownIdentity(this.config, this.#deps.lender, this.#deps.now()).then(
      (identity) => channel === this.#channel && this.#renew(channel, identity),
      (error: unknown) => {
        if (channel !== this.#channel) return;
        // What was begun with a valid identity may end; nothing is begun any more.
        channel.retire();
        this.#forget();
        this.link.lost(classify(error));
      },
    );
  }

  #drop(): void {
    this.#channel?.close();
    this.#forget();
  }

  #forget(): void {
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
