import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  ApprovalRequestSchema,
  ApprovalResponseSchema,
  ParticipantAction,
} from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { Askers } from './askers.ts';
import type { AskPace } from './askers.ts';
import { PRACTICE_MANAGED } from './cast.ts';
import { startPracticeManager } from './manager.ts';
import type { PracticeManager } from './manager.ts';
import { newOwner } from './owners.ts';
import type { PracticeOwner } from './owners.ts';
import type { ManagerRooms } from './rooms.ts';

/** Names that signed requests are for; each moderates its channels by it. */
export const managerName = 'muster/practice/channel-manager';
export const fixedManagerName = 'muster/practice/channel-manager-fixed';

/** Where the owner of the payments channels is asked; it answers by itself. */
const controller = 'acme/payments/controller';
/** As long as somebody takes who reads before deciding. */
const thinksMs = 3000;

export interface PracticeManagersOptions {
  /** `org/ns/app` at which the owner of the first channel is asked. */
  callback: string;
  /** UUID that `org/ns/app` runs as; undefined: not known. */
  instanceOf: (name: string) => string | undefined;
  /** It is seen to run as this instance. */
  meet: (name: string, instance: string) => void;
  pace?: AskPace;
}

/** Two channel managers: one as of 3.4, one whose channels are in its configuration file. */
export interface PracticeManagers {
  address: string;
  fixedAddress: string;
  /** PKCS#8 PEM of the key that owns those channels that are the console's own. */
  ownerKey: string;
  /** Makes the channels on SLIM, once its network is there and whenever it was restarted. */
  furnish: (rooms: (manager: string) => ManagerRooms) => Promise<void>;
  /** With who is in each, the manager among them. */
  channels: () => (readonly [channel: string, members: readonly string[]])[];
  /** From now on somebody asks the console's owner for approval now and then. */
  begin: () => void;
  stop: () => Promise<void>;
}

export async function startPracticeManagers(options: PracticeManagersOptions): Promise<PracticeManagers> {
  const owners = { console: newOwner(), payments: newOwner(), elsewhere: newOwner() };
  let network: ((manager: string) => ManagerRooms) | undefined;
  const { instanceOf } = options;
  const approve = async (
    callback: string,
    channel: string,
    member: string,
    { action, requester }: { action: 'add' | 'delete'; requester: string },
  ): Promise<Uint8Array | string | undefined> => {
    if (callback === controller) return decide(owners.payments, channel, member, action);
    try {
      return await overSlim(network?.(managerName), callback, { channel, member, action, requester });
    } catch (error) {
      if ((error as { code?: unknown }).code === 'timed-out') return undefined;
      throw error;
    }
  };
  const [manager, fixed] = await Promise.all([
    startPracticeManager({ audience: managerName, instanceOf, approve, rooms: () => network?.(managerName) }),
    startPracticeManager({
      audience: fixedManagerName,
      instanceOf,
      configMode: true,
      rooms: () => network?.(fixedManagerName),
    }),
  ]);
  for (const { name, manager: of, owner, callback, ttlSeconds, members } of PRACTICE_MANAGED)
    (of === 'fixed' ? fixed : manager).channels.set(name, {
      owner: owner === undefined ? '' : owners[owner].did,
      callback: callback === 'console' ? options.callback : callback === 'payments' ? controller : '',
      mls: true,
      expiresAt: ttlSeconds === undefined ? undefined : BigInt(Math.floor(Date.now() / 1000) + ttlSeconds),
      members: [...members],
    });
  const askers = new Askers(manager, options.pace);
  return {
    address: manager.address,
    fixedAddress: fixed.address,
    ownerKey: owners.console.pem,
    async furnish(rooms) {
      network = rooms;
      await settle(manager, rooms(managerName), options.meet);
      await settle(fixed, rooms(fixedManagerName), options.meet);
    },
    channels: () => [...channelsOf(manager, managerName), ...channelsOf(fixed, fixedManagerName)],
    begin: () => askers.begin(),
    async stop() {
      askers.stop();
      await Promise.all([manager.close(), fixed.close()]);
    },
  };
}

function channelsOf({ channels }: PracticeManager, name: string) {
  return [...channels].map(([channel, { members }]) => [channel, [name, ...members]] as const);
}

/** One that does not answer is out of the channel again; the rest of it still works. */
async function settle(
  { channels }: PracticeManager,
  rooms: ManagerRooms,
  meet: PracticeManagersOptions['meet'],
): Promise<void> {
  for (const [name, channel] of channels) {
    // Until all are in, the list is what it was: nobody has left meanwhile.
    if (channel.live === true) channel.live = false;
    const opened = await rooms.open(name, channel.mls).then(
      () => true,
      () => false,
    );
    if (!opened) continue;
    for (const member of [...channel.members])
      await rooms.invite(name, member).catch(() => {
        channel.members = channel.members.filter((one) => one !== member);
      });
    const seen = await rooms.members(name).catch(() => []);
    for (const one of seen) meet(one.name, one.instance);
    channel.live = seen.length > 0;
  }
}

/** The owner of the payments channels lets in who is of payments, and takes nobody out. */
async function decide(
  owner: PracticeOwner,
  channel: string,
  member: string,
  action: 'add' | 'delete',
): Promise<Uint8Array | string> {
  await new Promise((resolve) => setTimeout(resolve, thinksMs));
  if (action === 'delete') return 'Nobody leaves before the month is closed';
  return member.startsWith('acme/payments/')
    ? owner.grant(channel, member, action)
    : 'Only applications of payments are let in';
}

async function overSlim(
  rooms: ManagerRooms | undefined,
  callback: string,
  asked: { channel: string; member: string; action: 'add' | 'delete'; requester: string },
): Promise<Uint8Array | string | undefined> {
  const request = create(ApprovalRequestSchema, {
    channelName: asked.channel,
    participantName: asked.member,
    action: asked.action === 'add' ? ParticipantAction.ADD : ParticipantAction.DELETE,
    ...(asked.requester === '' ? {} : { requester: asked.requester }),
  });
  const answer = await rooms?.ask(callback, toBinary(ApprovalRequestSchema, request));
  return answer && fromBinary(ApprovalResponseSchema, answer).decision.value;
}
