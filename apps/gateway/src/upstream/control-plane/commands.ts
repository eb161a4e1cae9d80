import type { EquivalentCommand } from '@muster/api';
import { command } from '../command.ts';

/** slimctl of 3.4 on a control plane; older ones say some of it in other words. */
export function controllerCommand(address: string, words: readonly string[], note = ''): EquivalentCommand {
  return command('slimctl', ['controller', '--server', address.replace(/^https?:\/\//u, ''), ...words], note);
}
