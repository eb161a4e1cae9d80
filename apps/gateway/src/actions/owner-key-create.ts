import { generateKeyPairSync } from 'node:crypto';
import { ItemOutcome, Severity } from '@muster/api';
import { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { noCommand } from '../upstream/command.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import { aliasField, here, hereTarget, keep, newAlias, requireVault } from './owner-key-plan.ts';
import { change, fieldChange } from './results.ts';

interface Input {
  alias: string;
}

/** Makes an Ed25519 key that can own channels. */
export const ownerKeyCreate: Action<Input> = {
  name: 'ownerKey.create',
  title: 'Make an owner key',
  role: 'moderator',
  inverse: 'ownerKey.remove',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['alias'],
    properties: { alias: aliasField },
  },

  async plan(input, context) {
    await requireVault(context);
    const alias = newAlias(context, input.alias);
    return {
      title: 'Make 1 owner key',
      target: hereTarget,
      changes: [
        change('create', 'owner key', alias, here, [
          fieldChange('Kind', '', 'Ed25519, named by its did:key'),
          fieldChange('Kept', '', context.ownerKeys.protection()),
        ]),
      ],
      effects: [
        'The key is made here when you apply, and leaves this gateway only as an export that you encrypt. Channels made with it are its own: nobody without it, or a grant signed by it, can change them.',
      ],
      warnings: [
        warn(
          'export-it',
          'A channel cannot change its owner: with the key lost, only an operator of the manager can delete what it owns. Export it and put that away safely.',
          Severity.INFO,
        ),
      ],
      commands: [
        noCommand(
          'slimctl keeps no keys: it reads a file at each use. “openssl genpkey -algorithm ed25519 -out owner.pem” makes one, “slimctl channel-manager did-key --key owner.pem” names it.',
        ),
      ],
      destructive: false,
      before: { alias },
      check: () =>
        Promise.resolve(taken(context.ownerKeys.list(), alias) || context.ownerKeys.changeProblem()),
      apply: (caller) =>
        keep(context, { alias, key: () => new OwnerKey(generateKeyPairSync('ed25519').privateKey) }, caller),
      inverseInput: ([first]) => (first?.outcome === ItemOutcome.DONE ? { key: first.id } : undefined),
    };
  },
};

/** What became of the name since; empty: it is free. */
export const taken = (rows: readonly { alias: string }[], alias: string): string =>
  rows.some((row) => row.alias === alias) ? `another key was named ${alias}` : '';
