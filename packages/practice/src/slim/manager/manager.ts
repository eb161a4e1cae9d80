import { createHash } from 'node:crypto';
import type { ServiceImpl } from '@connectrpc/connect';
import { ChannelManagerService as Cm2 } from '@muster/wire/gen/channelmanager/cm2/commands_pb.js';
import { ChannelManagerService as Cm3 } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { servePlane } from '../plane/serve.ts';
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
  /** Asks an owner who left a callback name; a string is why not. */
  approve?: (callback: string, channel: string, participant: string) => Promise<Uint8Array | string>;
}

export interface PracticeManager {
  address: string;
  channels: Map<string, PracticeChannel>;
  /** Methods in the order they were called. */
  calls: string[];
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
  return { ...served, channels };
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
  const seconds = (): number => Math.floor((options.now?.() ?? new Date()).getTime() / 1000);
  const spent = new Set<string>();
  const refuse = (errorMsg: string): Answer => ({ success: false, errorMsg });
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
  const mayChange = async (request: Change, action: 'add' | 'delete'): Promise<string> => {
    const { channelName, participantName } = request;
    const channel = channels.get(channelName);
    if (!channel || channel.owner === '')
      return requireSignatures
        ? `channel ${channelName} has no owner to sign for changes, and this channel manager refuses unsigned ones`
        : '';
    let { grant } = request;
    if (!grant) {
      if (channel.callback === '') return `channel ${channelName} requires a grant from its owner`;
      const answer = await options.approve?.(channel.callback, channelName, participantName);
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
  return {
    createChannel(request: Create): Answer {
      if (configMode) return refuse(fixedWords);
      const { channelName, ttlSeconds } = request;
      if (channels.has(channelName)) return refuse(`channel ${channelName} already exists`);
      if (ttlSeconds === 0n) return refuse('ttl-seconds must be positive');
      if (channelName.split('/').length !== 3)
        return refuse(`invalid channel name: ${channelName} has not three components`);
      const problem = create(request);
      return problem === '' ? { success: true } : refuse(problem);
    },
    deleteChannel({ channelName, ownerProof }: { channelName: string; ownerProof?: Uint8Array }): Answer {
      if (configMode) return refuse(fixedWords);
      const problem = mayDelete(channelName, ownerProof);
      if (problem !== '') return refuse(problem);
      return channels.delete(channelName) ? { success: true } : refuse(`channel ${channelName} not found`);
    },
    async addParticipant(request: Change): Promise<Answer> {
      const { channelName, participantName } = request;
      if (configMode) return refuse(fixedWords);
      const channel = channels.get(channelName);
      if (!channel) return refuse(`channel ${channelName} not found`);
      const problem = await mayChange(request, 'add');
      if (problem !== '') return refuse(problem);
      if (options.absent?.(participantName) === true)
        return refuse(
          `failed to invite participant ${participantName} to channel ${channelName}: message send retries exhausted`,
        );
      if (!channel.members.includes(participantName)) channel.members.push(participantName);
      return { success: true };
    },
    async deleteParticipant(request: Change): Promise<Answer> {
      const { channelName, participantName } = request;
      if (configMode) return refuse(fixedWords);
      const channel = channels.get(channelName);
      if (!channel) return refuse(`channel ${channelName} not found`);
      const problem = await mayChange(request, 'delete');
      if (problem !== '') return refuse(problem);
      if (!channel.members.includes(participantName))
        return refuse(`failed to remove participant ${participantName} from channel ${channelName}`);
      channel.members = channel.members.filter((one) => one !== participantName);
      return { success: true };
    },
    listChannels() {
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
    listParticipants({ channelName }: { channelName: string }) {
      const channel = channels.get(channelName);
      if (!channel) return refuse(`channel ${channelName} not found`);
      const { members } = channel;
      const all = members.length === 0 ? [] : [audience, ...members];
      return { success: true, participantName: all.map((name) => `${name}/${instanceOf(name)}`) };
    },
  };
}

/** The same at every start, as a UUID is written. */
function instanceOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
