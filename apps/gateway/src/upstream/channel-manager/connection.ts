import { createClient } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { ConnectionKind } from '@muster/api';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import type { ChannelManagerConfig } from '../../config/types.ts';
import type { ConnectionDeps } from '../deps.ts';
import { momentOf } from '../control-plane/names.ts';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import { Link } from '../link.ts';
import type { CapabilityFact, Found } from '../link.ts';
import { sentence } from '../sentences.ts';
import { SlimChannel } from '../slim-channel.ts';
import { readNamed } from '../slim-channel-credentials.ts';
import type { SvidLender } from '../workload/lend.ts';
import { refusedBy } from './refusals.ts';
import { OwnerKey } from './signing.ts';
import type { CreateRequest } from './signing.ts';

export interface ManagedChannel {
  name: string;
  /** did:key; empty: unowned. */
  owner: string;
  expiresAt: Date | undefined;
}

/** Inviting an absent participant takes the manager 11 s to refuse; asking an owner may take 60 s. */
const changeMs = 75_000;

export interface ChannelManagerDeps extends ConnectionDeps {
  /** The Workload API connection that our SVIDs are of. */
  lender?: SvidLender;
  /** Keys of ours besides the one its configuration names; undefined: it is none of them. @throws Fault while locked */
  signer?: (did: string) => OwnerKey | undefined;
}

/** What a channel is created with. */
export type NewManagedChannel = Omit<CreateRequest, 'audience'> & {
  /** Signs it, and owns it then; undefined: nobody does. */
  owner?: OwnerKey;
  /** Signed elsewhere, for just this; then nothing is signed here. */
  proof?: Uint8Array;
};

/** Why nothing can be signed for a manager that is not told apart from others. */
export const noAudience =
  'Signed requests name the manager they are for: put its audience (or local-name) into audience of this connection in muster.yaml.';

const older = 'This channel manager is older than 3.1: it would ignore owner, callback, lifetime and grants.';

/** A connection to a SLIM channel manager, of either generation. */
export class ChannelManagerConnection {
  readonly kind = 'channel-manager';
  readonly link: Link;
  readonly config: ChannelManagerConfig;
  readonly #now: () => Date;
  readonly #channel: SlimChannel;
  readonly #client: Client<typeof ChannelManagerService>;
  readonly #signer: (did: string) => OwnerKey | undefined;
  #owner: OwnerKey | undefined;
  #signs = false;

  constructor(config: ChannelManagerConfig, deps: ChannelManagerDeps) {
    this.config = config;
    this.#now = deps.now;
    this.#signer = deps.signer ?? (() => undefined);
    this.link = new Link(
      {
        ...deps,
        name: config.name,
        kind: ConnectionKind.CHANNEL_MANAGER,
        address: config.address,
        labels: config.labels ?? {},
      },
      (signal) => this.#attempt(signal),
    );
    this.#channel = new SlimChannel(config, deps, this.link);
    this.#client = createClient(ChannelManagerService, this.#channel.transport);
  }

  /** Key that its configuration names (ownerKeyFile), once that was read. */
  get ownerKey(): OwnerKey | undefined {
    return this.#owner;
  }

  /** did:key this gateway signs with when no other is chosen; empty when it has none. */
  get did(): string {
    return this.#owner?.did ?? '';
  }

  async channels(): Promise<ManagedChannel[]> {
    const answer = await this.#call((client) => client.listChannels({}));
    if (!answer.success) throw this.#refused(answer.errorMsg);
    const infos = new Map(answer.channels.map((info) => [info.channelName, info]));
    return [...new Set([...answer.channelName, ...infos.keys()])].map((name) => {
      const info = infos.get(name);
      return {
        name,
        owner: info?.owner ?? '',
        expiresAt: info?.expiresAt === undefined ? undefined : momentOf(info.expiresAt),
      };
    });
  }

  /** Full instance names; empty until somebody has joined. Nothing tells whether they are online. */
  async participants(channel: string): Promise<string[]> {
    const answer = await this.#call((client) => client.listParticipants({ channelName: channel }));
    if (!answer.success) throw this.#refused(answer.errorMsg);
    return answer.participantName;
  }

  /** Why it takes no owner, callback, lifetime or grant; empty when it does. */
  get unsigned(): string {
    return this.#signs ? '' : older;
  }

  async create({ owner, proof: given, ...request }: NewManagedChannel): Promise<void> {
    const { channel, mls, ttlSeconds, callback } = request;
    const signed = owner !== undefined || given !== undefined;
    const asked = signed || ttlSeconds !== undefined || callback !== undefined;
    // It would say yes, and do without.
    if (asked && !this.#signs) throw new Fault('lacking', 'local', { detail: older });
    const proof = given ?? owner?.create({ ...request, audience: this.#audience() }, this.#now());
    await this.#change((client) =>
      client.createChannel(
        {
          channelName: channel,
          mlsEnabled: mls,
          ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
          ...(callback === undefined ? {} : { ownerCallbackName: callback }),
          ...(proof === undefined ? {} : { ownerProof: proof }),
        },
        { timeoutMs: changeMs },
      ),
    );
  }

  /** @param signer an operator's key, or a request signed elsewhere; undefined: the key that owns it, where it is ours */
  async delete(channel: string, signer?: OwnerKey | Uint8Array): Promise<void> {
    const key = signer ?? this.#keyOf(await this.ownerOf(channel));
    const proof =
      key instanceof Uint8Array ? key : key?.delete({ audience: this.#audience(), channel }, this.#now());
    await this.#change((client) =>
      client.deleteChannel(
        { channelName: channel, ...(proof === undefined ? {} : { ownerProof: proof }) },
        { timeoutMs: changeMs },
      ),
    );
  }

  /** Adds by org/ns/app: the API does not take the instance it lists. `grant` as `remove` has it. */
  async add(channel: string, participant: string, grant?: Uint8Array): Promise<void> {
    const request = await this.#granted('add', channel, participant, grant);
    await this.#change((client) => client.addParticipant(request, { timeoutMs: changeMs }));
  }

  /** @param grant of the owner; undefined: our own, where we hold its key, else none: it may be asked at its callback */
  async remove(channel: string, participant: string, grant?: Uint8Array): Promise<void> {
    const request = await this.#granted('delete', channel, participant, grant);
    await this.#change((client) => client.deleteParticipant(request, { timeoutMs: changeMs }));
  }

  close(): void {
    this.link.close();
    this.#channel.close();
  }

  /** The owner the manager says it has; empty: nobody, or it is of the older generation. */
  async ownerOf(channel: string): Promise<string> {
    if (!this.#signs) return '';
    return (await this.channels()).find(({ name }) => name === channel)?.owner ?? '';
  }

  #keyOf(did: string): OwnerKey | undefined {
    if (did === '') return undefined;
    return this.#owner?.did === did ? this.#owner : this.#signer(did);
  }

  #audience(): string {
    const { audience } = this.config;
    if (audience !== undefined) return audience;
    throw new Fault('owner-key', 'local', { detail: noAudience });
  }

  async #granted(
    action: 'add' | 'delete',
    channel: string,
    invitee: string,
    given: Uint8Array | undefined,
  ): Promise<{ channelName: string; participantName: string; grant?: Uint8Array }> {
    const grant =
      given ?? this.#keyOf(await this.ownerOf(channel))?.grant({ channel, invitee, action }, this.#now());
    return { channelName: channel, participantName: invitee, ...(grant === undefined ? {} : { grant }) };
  }

  async #attempt(signal: AbortSignal): Promise<Found> {
    try {
      await this.#open();
      return await this.#find(signal);
    } catch (error) {
      // What answers there next time may be another, and its certificate too; what was begun may end.
      this.#channel.retire();
      throw this.#channel.explain(error);
    }
  }

  async #open(): Promise<void> {
    const { ownerKeyFile } = this.config;
    if (ownerKeyFile !== undefined)
      this.#owner ??= new OwnerKey(await readNamed('ownerKeyFile', ownerKeyFile));
    await this.#channel.open();
  }

  async #find(signal: AbortSignal): Promise<Found> {
    const client = this.#client;
    const listed = await client.listChannels({}, { signal }).catch((error: unknown) => {
      throw classify(error);
    });
    if (!listed.success) throw this.#refused(listed.errorMsg);
    // Not a name, and no time to live: nothing can be made of it, and the words tell the generation (3.1+ looks
    // at ttl first). No method or code tells it.
    const probe = await client
      .createChannel({ channelName: 'console-probe', ttlSeconds: 0n }, { signal })
      .catch((error: unknown) => {
        throw classify(error);
      });
    const said = probe.errorMsg ?? '';
    const fixed = said.includes('config mode') ? sentence(new Fault('config-mode', 'server')) : '';
    // In config mode nothing is said of the lifetime: then the list tells, which is never empty there.
    this.#signs = said.includes('ttl') || listed.channels.length > 0;
    const unsigned = this.#signs ? '' : older;
    const signing = this.config.audience === undefined ? noAudience : '';
    const capabilities: CapabilityFact[] = [
      { name: 'channels.read', reason: '' },
      { name: 'channels.write', reason: fixed },
      { name: 'channels.owners', reason: unsigned },
      { name: 'channels.signed-requests', reason: unsigned || signing },
      { name: 'members.write', reason: fixed },
      { name: 'messages', reason: 'A channel manager passes no messages; a moderator of our own does.' },
    ];
    const { presents, stalled } = this.#channel;
    return {
      capabilities,
      description: `SLIM channel manager ${this.#signs ? '3.3 or later' : '2.0–3.0'}${presents}`,
      ...(stalled === '' ? {} : { degraded: stalled }),
    };
  }

  async #call<T>(call: (client: Client<typeof ChannelManagerService>) => Promise<T>): Promise<T> {
    if (!this.link.up) throw new Fault('not-ready', 'local');
    try {
      return await call(this.#client);
    } catch (error) {
      const fault = classify(error);
      if (fault.lost && fault.code !== 'deadline') this.link.lost(fault);
      throw fault;
    }
  }

  async #change(
    call: (
      client: Client<typeof ChannelManagerService>,
    ) => Promise<{ success: boolean; errorMsg?: string | undefined }>,
  ): Promise<void> {
    const answer = await this.#call(call);
    if (!answer.success) throw this.#refused(answer.errorMsg);
  }

  /** Every refusal of the manager is an RPC that succeeded. */
  #refused(words: string | undefined): Fault {
    return refusedBy(this.#channel.clean(words ?? ''));
  }
}
