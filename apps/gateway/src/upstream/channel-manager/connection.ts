import { createClient } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { ConnectionKind } from '@muster/api';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import type { ChannelManagerConfig } from '../../config/types.ts';
import type { ConnectionDeps } from '../deps.ts';
import { classify } from '../errors.ts';
import { Fault } from '../fault.ts';
import { Link } from '../link.ts';
import type { CapabilityFact, Found } from '../link.ts';
import { sentence } from '../sentences.ts';
import { SlimChannel } from '../slim-channel.ts';
import { readNamed } from '../slim-channel-credentials.ts';
import type { SvidLender } from '../workload/lend.ts';
import { OwnerKey } from './signing.ts';

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
}

/** A connection to a SLIM channel manager 3.3 or later. */
export class ChannelManagerConnection {
  readonly kind = 'channel-manager';
  readonly link: Link;
  readonly config: ChannelManagerConfig;
  readonly #now: () => Date;
  readonly #channel: SlimChannel;
  readonly #client: Client<typeof ChannelManagerService>;
  #owner: OwnerKey | undefined;

  constructor(config: ChannelManagerConfig, deps: ChannelManagerDeps) {
    this.config = config;
    this.#now = deps.now;
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

  /** did:key this gateway signs with; empty when it has none. */
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
        expiresAt: info?.expiresAt === undefined ? undefined : new Date(Number(info.expiresAt) * 1000),
      };
    });
  }

  /** Full instance names; empty until somebody has joined. Nothing tells whether they are online. */
  async participants(channel: string): Promise<string[]> {
    const answer = await this.#call((client) => client.listParticipants({ channelName: channel }));
    if (!answer.success) throw this.#refused(answer.errorMsg);
    return answer.participantName;
  }

  /** Creates, owned by our key when there is one; returns the owner the server says it has. */
  async create(channel: string, mls: boolean, ttlSeconds: bigint | undefined): Promise<string> {
    const ttl = ttlSeconds === undefined ? {} : { ttlSeconds };
    const proof = this.#owner?.create(
      { audience: this.config.audience ?? '', channel, mls, ...ttl },
      this.#now(),
    );
    await this.#change((client) =>
      client.createChannel(
        {
          channelName: channel,
          mlsEnabled: mls,
          ...ttl,
          ...(proof === undefined ? {} : { ownerProof: proof }),
        },
        { timeoutMs: changeMs },
      ),
    );
    // An older manager ignores the proof without a word: only reading back tells whether it is owned.
    return (await this.channels()).find(({ name }) => name === channel)?.owner ?? '';
  }

  async delete(channel: string): Promise<void> {
    const proof = this.#owner?.delete({ audience: this.config.audience ?? '', channel }, this.#now());
    await this.#change((client) =>
      client.deleteChannel(
        { channelName: channel, ...(proof === undefined ? {} : { ownerProof: proof }) },
        { timeoutMs: changeMs },
      ),
    );
  }

  /** Adds by org/ns/app: the API does not take the instance it lists. */
  async add(channel: string, participant: string): Promise<void> {
    const grant = this.#owner?.grant({ channel, invitee: participant, action: 'add' }, this.#now());
    const request = {
      channelName: channel,
      participantName: participant,
      ...(grant === undefined ? {} : { grant }),
    };
    await this.#change((client) => client.addParticipant(request, { timeoutMs: changeMs }));
  }

  async remove(channel: string, participant: string): Promise<void> {
    const grant = this.#owner?.grant({ channel, invitee: participant, action: 'delete' }, this.#now());
    const request = {
      channelName: channel,
      participantName: participant,
      ...(grant === undefined ? {} : { grant }),
    };
    await this.#change((client) => client.deleteParticipant(request, { timeoutMs: changeMs }));
  }

  close(): void {
    this.link.close();
    this.#channel.close();
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
    const owners = said.includes('ttl') || listed.channels.length > 0 || fixed !== '';
    const noKey = this.#owner ? '' : 'No owner key is configured (ownerKeyFile).';
    const capabilities: CapabilityFact[] = [
      { name: 'channels.read', reason: '' },
      { name: 'channels.write', reason: fixed },
      {
        name: 'channels.signed-requests',
        reason: owners ? noKey : 'This channel manager is older than 3.3 and ignores signatures.',
      },
      { name: 'members.write', reason: fixed },
      { name: 'messages', reason: 'A channel manager passes no messages; a moderator of our own does.' },
    ];
    const { presents, stalled } = this.#channel;
    return {
      capabilities,
      description: `SLIM channel manager ${owners ? '3.3 or later' : '2.0–3.0'}${presents}`,
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
    return new Fault('precondition', 'server', { words: this.#channel.clean(words ?? '') });
  }
}
