import type { EquivalentCommand } from '@muster/api';
import { command } from '../command.ts';
import { slimctlFlags } from '../slim-channel-command.ts';
import type { SlimTarget } from '../slim-channel-command.ts';

/** slimctl of 3.4 on a node itself. Of a long list it prints the first 100 rows. */
export function nodeCommand(target: SlimTarget, words: readonly string[], note = ''): EquivalentCommand {
  const { words: flags, notes } = slimctlFlags(target);
  return command(
    'slimctl',
    ['node', ...flags, ...words],
    [note, 'slimctl prints the first 100 rows only.', ...notes].filter((text) => text !== '').join(' '),
  );
}
