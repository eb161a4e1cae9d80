import type { EquivalentCommand } from '@muster/api';
import { command } from '../command.ts';
import type { Generation } from './port.ts';

const newer = 'By slimctl of that generation: from 2.0 on it has no such command.';

/** slimctl on the channels of a control plane up to 1.4, whose northbound API has neither TLS nor credentials. */
export function planeChannelCommand(
  { address, generation }: { address: string; generation: Generation },
  words: readonly string[],
): EquivalentCommand {
  const server = ['--server', address.replace(/^http:\/\//u, '')];
  // Up to 0.6 these were commands of their own.
  const group = generation === 'a' || generation === 'b' ? [] : ['controller'];
  return command('slimctl', [...group, ...words, ...server], newer);
}
