import { createHash } from 'node:crypto';
import type { ServiceImpl } from '@connectrpc/connect';
import { ChannelManagerService as Cm2 } from '@muster/wire/gen/channelmanager/cm2/commands_pb.js';
import { ChannelManagerService as Cm3 } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { servePlane } from '../plane/serve.ts';
import type { ManagerRooms, Participant } from './rooms.ts';
import { readSigned } from './signed.ts';
import type { Signed } from './signed.ts';

/** A channel as the manager has it. */
export interface PracticeChannel {
  /** did:key; empty: unowned. */
  owner: string;
  callback: string;
  mls: boolean;
  /** Unix seconds; undefined: it never ends. */
  expiresAt: bigint | undefined;
  /** org/ns/app */
  members: string[];
  /** It is on SLIM, and who is in it is asked there. */
  live?: boolean;
}

export interface PracticeManagerOptions {
  /** 3: owners, grants, lifetimes (3.3 and later); 2: none of it, and what is sent of it is ignored. */
  generation?: 2 | 3;
  /** Name that signed requests are for. */
  audience?: string;
  /** did:keys that may delete any channel. */
  operators?: readonly string[];
  requireSignatures?: boolean;
  /** It has its channels from its configuration file. */
  configMode?: boolean;
  now?: () => Date;
  /** Nobody of this name answers an invitation. */
  absent?: (participant: string) => boolean;
  /** Asks an owner who left a callback name: a grant, or why not; undefined: no answer in time. Throws: it could not be asked. */
  approve?: (
    callback: string,
    channel: string,
    participant: string,
    how: { action: 'add' | 'delete'; requester: string },
  ) => Promise<Uint8Array | string | undefined>;
  /** Its channels on a SLIM network; undefined while that is not up. Absent: they are in this list only. */
  rooms?: () => ManagerRooms | undefined;
  /** UUID that `org/ns/app` runs as; absent or undefined: one that is the same at every start. */
  instanceOf?: (name: string) => string | undefined;
}

export interface PracticeManager {
  address: string;
  channels: Map<string, PracticeChannel>;
  /** Methods in the order they were called. */
  calls: string[];
  /** A change without a grant, by somebody whom an authenticated API would know; why it was refused, else empty. */
  change: (action: 'add' | 'delete', channel: string, member: string, requester: string) => Promise<string>;
  close: () => Promise<void>;
}

interface Answer {
  success: boolean;
  errorMsg?: string;
}

const fixedWords =
  'channel manager is running in config mode; channels are managed by its configuration file and cannot be changed';
const mostAhead = 24 * 3600;

/** A channel manager that answers as 2.0–3.0 or as 3.3–3.4.6: every refusal is an RPC that succeeded. */
export async function startPracticeManager(options: PracticeManagerOptions = {}): Promise<PracticeManager> {
  const channels = new Map<string, PracticeChannel>();
  const generation = options.generation ?? 3;
  const manager = managerOf(channels, { audience: 'agntcy/ns/channel-manager', ...options });
  const served = await servePlane('rust', (router) =>
    generation === 2 ? router.service(Cm2, ignoring(manager)) : router.service(Cm3, manager),
  );
  return {
    ...served,
    channels,
    change: async (action, channelName, participantName, requester) => {
      const request = { channelName, participantName };
      const answer = await (action === 'add'
        ? manager.add(request, requester)
        : manager.remove(request, requester));
      return answer.errorMsg ?? '';
    },
  };
}

/** The same, for one who never heard of owners: the fields are unknown there and do not get through. */
function ignoring(manager: ReturnType<typeof managerOf>): ServiceImpl<typeof Cm2> {
  return {
    createChannel: ({ channelName, mlsEnabled }) => manager.createChannel({ channelName, mlsEnabled }),
    deleteChannel: ({ channelName }) => manager.deleteChannel({ channelName }),
    addParticipant: ({ channelName, participantName }) =>
      manager.addParticipant({ channelName, participantName }),
    deleteParticipant: ({ channelName, participantName }) =>
      manager.deleteParticipant({ channelName, participantName }),
    listChannels: () => ({ success: true, channelName: manager.listChannels().channelName }),
    listParticipants: (request) => manager.listParticipants(request),
  };
}

interface Create {
  channelName: string;
  mlsEnabled: boolean;
  ttlSeconds?: bigint;
  ownerCallbackName?: string;
  ownerProof?: Uint8Array;
}
interface Change {
  channelName: string;
  participantName: string;
  grant?: Uint8Array;
}

function managerOf(
  channels: Map<string, PracticeChannel>,
  options: PracticeManagerOptions & { audience: string },
) {
  const { audience, operators = [], requireSignatures = false, configMode = false } = options;
  const instance = (name: string): string => options.instanceOf?.(name) ?? instanceOf(name);
  const seconds = (): number => Math.floor((options.now?.() ?? new Date()).getTime() / 1000);
  const spent = new Set<string>();
  const refuse = (errorMsg: string): Answer => ({ success: false, errorMsg });
  /** Ends what has lived its time. */
  const sweep = (): void => {
    for (const [name, { expiresAt }] of channels)
      if (expiresAt !== undefined && expiresAt <= BigInt(seconds())) void end(name);
  };
  const end = async (name: string): Promise<boolean> => {
    const there = channels.delete(name);
    await options
      .rooms?.()
      ?.close(name)
      .catch(() => {});
    return there;
  };
  /** Does it on SLIM, where there is one; the words of why not. */
  const onSlim = async (work: (rooms: ManagerRooms) => Promise<void>): Promise<string> => {
    if (!options.rooms) return '';
    const rooms = options.rooms();
    if (!rooms) return 'the SLIM node is not reachable';
    try {
      await work(rooms);
      return '';
    } catch (error) {
      const words = wordsOf(error);
      return words.includes('retries exhausted') ? 'message send retries exhausted' : words;
    }
  };
  /** Signed for this manager, not for too long, in time, and for the first time; else the words of the refusal. */
  const spend = (signed: Signed, what: string): string => {
    const notAfter = Number(signed.get('not_after'));
    if (what !== 'grant') {
      const other = String(signed.get('audience'));
      if (other !== audience) return `${what} is for "${other}", not this channel manager ("${audience}")`;
      if (notAfter > seconds() + mostAhead)
        return `${what} is valid for too long: not_after may be at most 24 hours ahead`;
    }
    if (notAfter < seconds()) return `${what} has expired`;
    const nonce = `${String(signed.get('channel'))}\0${String(signed.get('nonce'))}`;
    if (spent.has(nonce)) return `${what} has already been used`;
    spent.add(nonce);
    return '';
  };
  const create = (request: Create): string => {
    const { channelName, mlsEnabled, ttlSeconds, ownerCallbackName, ownerProof } = request;
    let owner = '';
    if (!ownerProof) {
      if (requireSignatures)
        return "this channel manager requires a create request signed by the channel's owner";
      if (ownerCallbackName !== undefined)
        return 'owner-callback-name needs a signed create request: a channel with no owner has no one to ask';
    } else {
      const signed = readSigned('create', ownerProof, undefined);
      if (typeof signed === 'string') return `invalid signed create request: ${signed}`;
      const same =
        signed.get('channel') === channelName &&
        signed.get('mls_enabled') === mlsEnabled &&
        signed.get('ttl_seconds') === (ttlSeconds === undefined ? undefined : Number(ttlSeconds)) &&
        signed.get('owner_callback_name') === ownerCallbackName;
      if (!same) return 'signed create request does not match this request';
      const problem = spend(signed, 'signed create request');
      if (problem !== '') return problem;
      owner = String(signed.get('owner'));
    }
    channels.set(channelName, {
      owner,
      callback: ownerCallbackName ?? '',
      mls: mlsEnabled,
      expiresAt: ttlSeconds === undefined ? undefined : BigInt(seconds()) + ttlSeconds,
      members: [],
    });
    return '';
  };
  const mayDelete = (channelName: string, proof: Uint8Array | undefined): string => {
    const owner = channels.get(channelName)?.owner ?? '';
    if (owner === '' && !requireSignatures) return '';
    if (!proof)
      return owner === ''
        ? `channel ${channelName} has no owner: only a delete request signed by an operator can delete it`
        : `channel ${channelName} can only be deleted with a request signed by its owner`;
    let first = '';
    for (const signer of [...(owner === '' ? [] : [owner]), ...operators]) {
      const signed = readSigned('delete', proof, signer);
      if (typeof signed === 'string') {
        first ||= signed;
        continue;
      }
      if (signed.get('channel') !== channelName) return 'signed delete request is for a different channel';
      return spend(signed, 'signed delete request');
    }
    return first === ''
      ? `channel ${channelName} has no owner and this channel manager has no operators, so it can't be deleted`
      : `invalid signed delete request: ${first}`;
  };
  const mayChange = async (request: Change, action: 'add' | 'delete', requester: string): Promise<string> => {
    const { channelName, participantName } = request;
    const channel = channels.get(channelName);
    if (!channel || channel.owner === '')
      return requireSignatures
        ? `channel ${channelName} has no owner to sign for changes, and this channel manager refuses unsigned ones`
        : '';
    let { grant } = request;
    if (!grant) {
      if (channel.callback === '') return `channel ${channelName} requires a grant from its owner`;
      const how = { action, requester };
      let answer: Uint8Array | string | undefined;
      try {
        answer = await options.approve?.(channel.callback, channelName, participantName, how);
      } catch (error) {
        return `could not ask the channel owner for approval: ${wordsOf(error)}`;
      }
      if (answer === undefined) return 'channel owner did not answer the approval request in time';
      if (typeof answer === 'string') return `channel owner denied the request: ${answer}`;
      grant = answer;
    }
    const signed = readSigned('grant', grant, channel.owner);
    if (typeof signed === 'string') return `invalid grant: ${signed}`;
    const same =
      signed.get('channel') === channelName &&
      signed.get('invitee') === participantName &&
      signed.get('action') === action;
    return same ? spend(signed, 'grant') : 'grant does not authorize this change';
  };
  /** Who is in it on SLIM, where it is there: who left by itself is not. */
  const look = async (name: string, channel: PracticeChannel): Promise<Participant[] | undefined> => {
    if (channel.live !== true) return undefined;
    const seen = await options
      .rooms?.()
      ?.members(name)
      .catch(() => undefined);
    if (seen) channel.members = seen.flatMap((one) => (one.name === audience ? [] : one.name));
    return seen;
  };
  const add = async (request: Change, requester: string): Promise<Answer> => {
    sweep();
    const { channelName, participantName } = request;
    if (configMode) return refuse(fixedWords);
    const channel = channels.get(channelName);
    if (!channel) return refuse(`channel ${channelName} not found`);
    const problem = await mayChange(request, 'add', requester);
    if (problem !== '') return refuse(problem);
    const failed =
      options.absent?.(participantName) === true
        ? 'message send retries exhausted'
        : await onSlim(async (rooms) => {
            await rooms.open(channelName, channel.mls);
            await rooms.invite(channelName, participantName);
          });
    if (failed !== '')
      return refuse(`failed to invite participant ${participantName} to channel ${channelName}: ${failed}`);
    if (!channel.members.includes(participantName)) channel.members.push(participantName);
    return { success: true };
  };
  const remove = async (request: Change, requester: string): Promise<Answer> => {
    sweep();
    const { channelName, participantName } = request;
    if (configMode) return refuse(fixedWords);
    const channel = channels.get(channelName);
    if (!channel) return refuse(`channel ${channelName} not found`);
    const problem = await mayChange(request, 'delete', requester);
    if (problem !== '') return refuse(problem);
    const from = `failed to remove participant ${participantName} from channel ${channelName}`;
    await look(channelName, channel);
    if (!channel.members.includes(participantName)) return refuse(from);
    const failed = await onSlim((rooms) => rooms.expel(channelName, participantName));
    if (failed !== '') return refuse(`${from}: ${failed}`);
    channel.members = channel.members.filter((one) => one !== participantName);
    return { success: true };
  };
  return {
    add,
    remove,
    async createChannel(request: Create): Promise<Answer> {
      sweep();
      if (configMode) return refuse(fixedWords);
      const { channelName, ttlSeconds } = request;
      if (channels.has(channelName)) return refuse(`channel ${channelName} already exists`);
      if (ttlSeconds === 0n) return refuse('ttl-seconds must be positive');
      if (channelName.split('/').length !== 3)
        return refuse(`invalid channel name: ${channelName} has not three components`);
      const problem = create(request);
      if (problem !== '') return refuse(problem);
      const failed = await onSlim((rooms) => rooms.open(channelName, request.mlsEnabled));
      if (failed === '') {
        const channel = channels.get(channelName);
        if (channel && options.rooms) channel.live = true;
        return { success: true };
      }
      channels.delete(channelName);
      return refuse(`failed to create channel ${channelName}: ${failed}`);
    },
    async deleteChannel(request: { channelName: string; ownerProof?: Uint8Array }): Promise<Answer> {
      sweep();
      const { channelName, ownerProof } = request;
      if (configMode) return refuse(fixedWords);
      const problem = mayDelete(channelName, ownerProof);
      if (problem !== '') return refuse(problem);
      return (await end(channelName)) ? { success: true } : refuse(`channel ${channelName} not found`);
    },
    // Its API authenticates nobody: who asks is not known.
    addParticipant: (request: Change): Promise<Answer> => add(request, ''),
    deleteParticipant: (request: Change): Promise<Answer> => remove(request, ''),
    listChannels() {
      sweep();
      return {
        success: true,
        channelName: [...channels.keys()],
        channels: [...channels].map(([channelName, { owner, expiresAt }]) => ({
          channelName,
          ...(owner === '' ? {} : { owner }),
          ...(expiresAt === undefined ? {} : { expiresAt }),
        })),
      };
    },
    async listParticipants({ channelName }: { channelName: string }) {
      sweep();
      const channel = channels.get(channelName);
      if (!channel) return refuse(`channel ${channelName} not found`);
      const seen = await look(channelName, channel);
      if (seen) return { success: true, participantName: seen.map((one) => `${one.name}/${one.instance}`) };
      const { members } = channel;
      const all = members.length === 0 ? [] : [audience, ...members];
      // Not on SLIM yet: an instance told now would seem to leave, and another to join, once it is there.
      const coming = options.rooms !== undefined && channel.live === undefined;
      return {
        success: true,
        participantName: coming ? all : all.map((name) => `${name}/${instance(name)}`),
      };
    },
  };
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The same at every start, as a UUID is written. */
function instanceOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
