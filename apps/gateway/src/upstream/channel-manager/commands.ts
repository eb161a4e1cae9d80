import type { EquivalentCommand } from '@muster/api';
import { command } from '../command.ts';
import type { ChannelManagerConfig } from '../../config/types.ts';
import { slimctlFlags } from '../slim-channel-command.ts';
import type { SlimTarget } from '../slim-channel-command.ts';

type Target = SlimTarget & Pick<ChannelManagerConfig, 'ownerKeyFile' | 'audience'>;

/** slimctl signs with the owner's key file; it names the manager it signs for. */
function slimctl(target: Target, subcommand: string, args: string[]): EquivalentCommand {
  const { ownerKeyFile, audience } = target;
  const { words, notes } = slimctlFlags(target);
  const signs = ownerKeyFile !== undefined && !ownerKeyFile.startsWith('env:') && audience !== undefined;
  const key = signs ? ['--key', ownerKeyFile, '--audience', audience] : [];
  const note = signs ? '' : 'slimctl 3.4 asks for an owner key: add --key and --audience.';
  return command(
    'slimctl',
    ['channel-manager', subcommand, ...words, ...key, ...args],
    [note, ...notes].filter((text) => text !== '').join(' '),
  );
}

export function createChannelCommand(
  target: Target,
  name: string,
  mls: boolean,
  ttlSeconds: bigint | undefined,
): EquivalentCommand {
  const flags = [
    ...(mls ? [] : ['--disable-mls']),
    ...(ttlSeconds === undefined ? [] : ['--ttl-seconds', String(ttlSeconds)]),
  ];
  return slimctl(target, 'create-channel', [...flags, name]);
}

export function deleteChannelCommand(target: Target, name: string): EquivalentCommand {
  return slimctl(target, 'delete-channel', [name]);
}

export function addParticipantCommand(target: Target, channel: string, member: string): EquivalentCommand {
  return slimctl(target, 'add-participant', [channel, member]);
}

export function deleteParticipantCommand(target: Target, channel: string, member: string): EquivalentCommand {
  return slimctl(target, 'delete-participant', [channel, member]);
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
