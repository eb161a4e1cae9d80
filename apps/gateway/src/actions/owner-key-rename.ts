import { ItemOutcome } from '@muster/api';
import { noCommand } from '../upstream/command.ts';
import type { Action } from './action.ts';
import { ownerField } from './channel-owner.ts';
import { taken } from './owner-key-create.ts';
import { aliasField, here, hereTarget, keptKey, newAlias, requireVault } from './owner-key-plan.ts';
import { change, done, failed, fieldChange } from './results.ts';

interface Input {
  key: string;
  alias: string;
}

/** Gives a kept key another name. */
export const ownerKeyRename: Action<Input> = {
  name: 'ownerKey.rename',
  title: 'Rename an owner key',
  role: 'moderator',
  inverse: 'ownerKey.rename',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['key', 'alias'],
    properties: { key: ownerField, alias: aliasField },
  },

  async plan(input, context) {
    await requireVault(context);
    const row = keptKey(context, 'key', input.key);
    const alias = newAlias(context, input.alias, row.did);
    return {
      title: 'Rename 1 owner key',
      target: hereTarget,
      changes: [change('update', 'owner key', row.did, here, [fieldChange('Alias', row.alias, alias)])],
      effects: ['Only the name shown here changes: the key, its did:key and what it owns stay.'],
      warnings: [],
      commands: [noCommand('slimctl knows no names of keys: it reads a file at each use.')],
      destructive: false,
      before: { did: row.did, alias: row.alias },
      check: () => {
        const now = context.ownerKeys.list();
        if (now.find(({ did }) => did === row.did)?.alias !== row.alias)
          return Promise.resolve('the key was renamed or removed');
        return Promise.resolve(
          taken(
            now.filter(({ did }) => did !== row.did),
            alias,
          ),
        );
      },
      apply: async function* () {
        try {
          await context.ownerKeys.rename(row.did, alias);
          yield done(row.did, row.did);
        } catch (error) {
          yield failed(row.did, error);
        } finally {
          context.onChannels('');
        }
      },
      inverseInput: ([first]) =>
        first?.outcome === ItemOutcome.DONE ? { key: row.did, alias: row.alias } : undefined,
    };
  },
};
