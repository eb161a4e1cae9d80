import type { EquivalentCommand } from '@muster/api';
import { command } from '../command.ts';
import type { ChannelManagerConfig } from '../../config/types.ts';

type Target = Pick<ChannelManagerConfig, 'address' | 'ownerKeyFile' | 'audience'>;

/** slimctl signs with the owner's key file; it names the manager it signs for. */
function slimctl(target: Target, subcommand: string, args: string[]): EquivalentCommand {
  const { ownerKeyFile, audience, address } = target;
  const signs = ownerKeyFile !== undefined && !ownerKeyFile.startsWith('env:') && audience !== undefined;
  const key = signs ? ['--key', ownerKeyFile, '--audience', audience] : [];
  const note = signs ? '' : 'slimctl 3.4 asks for an owner key: add --key and --audience.';
  return command(
    'slimctl',
    ['channel-manager', subcommand, '--server', address.replace(/^https?:\/\//u, ''), ...key, ...args],
    note,
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

const server = (address: string): string[] => ['--server', address.replace(/^https?:\/\//u, '')];

export function listChannelsCommand(address: string): EquivalentCommand {
  return command('slimctl', ['channel-manager', 'list-channels', ...server(address)]);
}

export function listParticipantsCommand(address: string, channel: string): EquivalentCommand {
  return command('slimctl', ['channel-manager', 'list-participants', ...server(address), channel]);
}
