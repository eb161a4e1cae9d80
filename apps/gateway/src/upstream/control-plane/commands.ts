import type { EquivalentCommand } from '@muster/api';
import { command } from '../command.ts';
import { slimctlFlags } from '../slim-channel-command.ts';
import type { SlimTarget } from '../slim-channel-command.ts';
import type { Generation, RouteChange } from './port.ts';

/** slimctl of 3.4 on a control plane; older ones say some of it in other words. */
export function controllerCommand(
  target: SlimTarget,
  words: readonly string[],
  note = '',
): EquivalentCommand {
  const { words: flags, notes } = slimctlFlags(target);
  return command(
    'slimctl',
    ['controller', ...flags, ...words],
    [note, ...notes].filter((text) => text !== '').join(' '),
  );
}

/** slimctl of the route's own generation: up to 0.2 without `controller`, and always by a file. */
export function routeCommand(
  generation: Generation,
  target: SlimTarget,
  verb: 'add' | 'del',
  { node, name, instance, via, destinationNode }: RouteChange,
): EquivalentCommand {
  const { words: flags, notes } = slimctlFlags(target);
  const byFile = verb === 'add' && destinationNode === '';
  const end = byFile ? 'connection.json' : destinationNode || via;
  const words = ['route', verb, instance === '' ? name : `${name}/${instance}`, 'via', end];
  const file = byFile
    ? `connection.json holds how it connects to ${via}${generation === 'a' ? '; it makes the connection too' : ''}.`
    : '';
  return command(
    'slimctl',
    [...(generation === 'a' ? [] : ['controller']), ...flags, ...words, `--node-id=${node}`],
    [`slimctl ${generation === 'a' ? '0.2' : '0.6–1.4'}.`, file, ...notes]
      .filter((text) => text !== '')
      .join(' '),
  );
}
