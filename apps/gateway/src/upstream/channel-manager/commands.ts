import type { EquivalentCommand } from '@muster/api';
import { command, noCommand } from '../command.ts';
import type { ChannelManagerConfig } from '../../config/types.ts';
import { slimctlFlags } from '../slim-channel-command.ts';
import type { SlimTarget } from '../slim-channel-command.ts';

type Target = SlimTarget & Pick<ChannelManagerConfig, 'ownerKeyFile' | 'audience'>;

/** What a change is signed with. */
export interface SignedWith {
  /** Key of the configuration, or one that is kept, by its name; undefined: nobody signs. */
  key?: { source: 'kept' | 'configured'; alias: string };
  /** A grant that somebody else issued is sent instead. */
  grant?: boolean;
  /** A request that was signed elsewhere is sent as it is. */
  request?: boolean;
}

/** Asks for approval, or changes what nobody owns: slimctl 3.4 does neither. */
const unsigned = 'slimctl 3.4 sends no unsigned change.';

/** slimctl signs with a key file of its own, and takes a grant from a file. */
function slimctl(
  target: Target,
  subcommand: string,
  { args, named, signed }: { args: string[]; named: boolean; signed: SignedWith },
): EquivalentCommand {
  const { words, notes } = slimctlFlags(target);
  const how = signing(target, named, signed);
  if (!how) return noCommand(unsigned);
  return command(
    'slimctl',
    ['channel-manager', subcommand, ...words, ...how.words, ...args],
    [how.note, ...notes].filter((text) => text !== '').join(' '),
  );
}

function signing(
  { ownerKeyFile, audience }: Target,
  named: boolean,
  { key, grant, request }: SignedWith,
): { words: string[]; note: string } | undefined {
  if (grant === true)
    return { words: ['--grant-file', 'grant.json'], note: 'grant.json must hold the grant.' };
  if (request === true)
    return {
      words: ['--signed-request-file', 'request.json'],
      note: 'request.json must hold the signed request.',
    };
  if (!key) return undefined;
  const inFile = key.source === 'configured' && ownerKeyFile?.startsWith('env:') === false;
  return {
    words: [
      '--key',
      inFile ? ownerKeyFile : 'owner.pem',
      // Grants name no manager: they are for a channel and a member.
      ...(named && audience !== undefined ? ['--audience', audience] : []),
    ],
    note: inFile
      ? ''
      : key.source === 'kept'
        ? `owner.pem must hold the key “${key.alias}”: export it, and decrypt it with “openssl pkey -in exported.pem -out owner.pem”.`
        : 'owner.pem must hold what the gateway has in its environment.',
  };
}

export interface CreateWords {
  name: string;
  mls: boolean;
  ttlSeconds?: bigint;
  callback?: string;
}

export function createChannelCommand(
  target: Target,
  { name, mls, ttlSeconds, callback }: CreateWords,
  signed: SignedWith,
): EquivalentCommand {
  const flags = [
    ...(mls ? [] : ['--disable-mls']),
    ...(ttlSeconds === undefined ? [] : ['--ttl-seconds', String(ttlSeconds)]),
    ...(callback === undefined ? [] : ['--owner-callback-name', callback]),
  ];
  return slimctl(target, 'create-channel', { args: [...flags, name], named: true, signed });
}

export function deleteChannelCommand(target: Target, name: string, signed: SignedWith): EquivalentCommand {
  return slimctl(target, 'delete-channel', { args: [name], named: true, signed });
}

export function addParticipantCommand(
  target: Target,
  channel: string,
  member: string,
  signed: SignedWith,
): EquivalentCommand {
  return slimctl(target, 'add-participant', { args: [channel, member], named: false, signed });
}

export function deleteParticipantCommand(
  target: Target,
  channel: string,
  member: string,
  signed: SignedWith,
): EquivalentCommand {
  return slimctl(target, 'delete-participant', { args: [channel, member], named: false, signed });
}

function reading(target: SlimTarget, subcommand: string, args: string[]): EquivalentCommand {
  const { words, notes } = slimctlFlags(target);
  return command('slimctl', ['channel-manager', subcommand, ...words, ...args], notes.join(' '));
}

export function listChannelsCommand(target: SlimTarget): EquivalentCommand {
  return reading(target, 'list-channels', []);
}

export function listParticipantsCommand(target: SlimTarget, channel: string): EquivalentCommand {
  return reading(target, 'list-participants', [channel]);
}
