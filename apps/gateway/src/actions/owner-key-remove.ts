import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import { ownedChannels } from '../owner-keys/owned.ts';
import type { OwnedChannels } from '../owner-keys/owned.ts';
import { noCommand } from '../upstream/command.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import { ownerField } from './channel-owner.ts';
import { here, hereTarget, keptKey, requireVault } from './owner-key-plan.ts';
import { change, count, done, failed, fieldChange } from './results.ts';

interface Input {
  key: string;
}

/** Forgets a key for good. What it owns stays owned by it. */
export const ownerKeyRemove: Action<Input> = {
  name: 'ownerKey.remove',
  title: 'Remove an owner key',
  role: 'operator',
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['key'],
    properties: { key: ownerField },
  },

  async plan(input, context) {
    await requireVault(context);
    const row = keptKey(context, 'key', input.key);
    const owned = await ownedChannels(context.connections);
    const channels = owned.of(row.did);
    const names = channels.map(({ connection, channel }) => `${connection}/${channel}`);
    return {
      title: 'Remove 1 owner key',
      target: hereTarget,
      changes: [
        change('delete', 'owner key', row.alias, here, [
          fieldChange('did:key', row.did, ''),
          fieldChange('Owns', names.length === 0 ? 'no channel that can be read now' : names.join(', '), ''),
        ]),
      ],
      effects: [
        'The key is deleted from this gateway. Without an export of it nobody can bring it back.',
        ...(row.connections.length === 0
          ? []
          : [
              `The configuration still names it for ${row.connections.join(', ')}: from there it goes on signing.`,
            ]),
      ],
      warnings: removeWarnings(row.connections, names, owned),
      commands: [noCommand('slimctl keeps no keys: there is nothing to remove but a file.')],
      destructive: true,
      before: { did: row.did, names },
      check: async () => {
        if (!context.ownerKeys.list().some(({ did, source }) => did === row.did && source === 'kept'))
          return 'the key was removed';
        const now = (await ownedChannels(context.connections)).of(row.did);
        return now.length === names.length &&
          now.every(({ connection, channel }, n) => names[n] === `${connection}/${channel}`)
          ? ''
          : 'it owns other channels now';
      },
      apply: async function* () {
        try {
          await context.ownerKeys.remove(row.did);
          yield done(row.alias, row.did);
        } catch (error) {
          yield failed(row.alias, error);
        } finally {
          context.onChannels('');
        }
      },
      inverseInput: () => undefined,
    };
  },
};

function removeWarnings(
  configured: readonly string[],
  names: readonly string[],
  { unread }: OwnedChannels,
): Warning[] {
  const out: Warning[] = [];
  if (names.length > 0 && configured.length === 0)
    out.push(
      warn(
        'orphans',
        `${count(names.length, 'channel is', 'channels are')} owned by it: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and more' : ''}. Without the key nobody can invite or remove members there, and only an operator of the manager can delete ${names.length === 1 ? 'it' : 'them'}. A channel’s owner cannot be changed.`,
        Severity.DANGER,
      ),
    );
  if (unread.length > 0)
    out.push(warn('unread', `${unread.join(', ')} cannot be read now: it may own channels there.`));
  out.push(warn('export-first', 'Export it first, if anything may still need it.'));
  return out;
}
