import type { EquivalentCommand } from '@muster/api';
import { command } from '../command.ts';
import { slimctlFlags } from '../slim-channel-command.ts';
import type { SlimTarget } from '../slim-channel-command.ts';

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
