import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import { CredentialError } from '../config/credential.ts';
import { ownedChannels } from '../owner-keys/owned.ts';
import { readPem } from '../owner-keys/pkcs8.ts';
import { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { noCommand } from '../upstream/command.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import { taken } from './owner-key-create.ts';
import { aliasField, here, hereTarget, keep, newAlias, requireVault } from './owner-key-plan.ts';
import { change, count, fieldChange } from './results.ts';

interface Input {
  alias: string;
  pem: string;
  passphrase?: string;
}

/** Keeps a key that was made elsewhere. Its PEM is read when it is planned, and written down nowhere but in the vault. */
export const ownerKeyImport: Action<Input> = {
  name: 'ownerKey.import',
  title: 'Import an owner key',
  role: 'moderator',
  inverse: 'ownerKey.remove',
  secrets: ['pem', 'passphrase'],
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['alias', 'pem'],
    properties: {
      alias: aliasField,
      pem: {
        type: 'string',
        minLength: 1,
        maxLength: 16_384,
        description: 'Ed25519 private key, PKCS#8 PEM; PRIVATE KEY or ENCRYPTED PRIVATE KEY.',
      },
      passphrase: { type: 'string', maxLength: 1024, description: 'Of an ENCRYPTED PRIVATE KEY.' },
    },
  },

  async plan(input, context) {
    await requireVault(context);
    const alias = newAlias(context, input.alias);
    const key = read(input);
    const there = context.ownerKeys.list().find(({ did }) => did === key.did);
    if (there?.source === 'kept')
      throw new ConnectError(
        `pem: this gateway keeps it already, as ${there.alias} (${key.did}).`,
        Code.AlreadyExists,
      );
    const owned = (await ownedChannels(context.connections)).of(key.did);
    return {
      title: 'Import 1 owner key',
      target: hereTarget,
      changes: [
        change('create', 'owner key', alias, here, [
          fieldChange('did:key', '', key.did),
          fieldChange('Kept', '', context.ownerKeys.protection()),
        ]),
      ],
      effects: [
        owned.length === 0
          ? 'Of the channels that can be read now it owns none.'
          : `${count(owned.length, 'channel that it owns', 'channels that it owns')} can be changed from here then: ${owned
              .slice(0, 5)
              .map(({ connection, channel }) => `${connection}/${channel}`)
              .join(', ')}${owned.length > 5 ? ' and more' : ''}.`,
      ],
      warnings: importWarnings(there?.connections),
      commands: [
        noCommand('slimctl keeps no keys: it reads a file at each use (--key owner.pem, not encrypted).'),
      ],
      destructive: false,
      before: { did: key.did, alias },
      check: () =>
        Promise.resolve(
          taken(context.ownerKeys.list(), alias) ||
            (context.ownerKeys.list().some(({ did, source }) => did === key.did && source === 'kept')
              ? 'the key was imported'
              : context.ownerKeys.changeProblem()),
        ),
      apply: (caller) => keep(context, { alias, key: () => key }, caller),
      inverseInput: ([first]) => (first?.outcome === ItemOutcome.DONE ? { key: first.id } : undefined),
    };
  },
};

function read({ pem, passphrase = '' }: Input): OwnerKey {
  try {
    return new OwnerKey(readPem(pem, passphrase));
  } catch (error) {
    if (error instanceof CredentialError) throw badInput('pem', `${error.message}.`);
    throw error;
  }
}

function importWarnings(connections: readonly string[] | undefined): Warning[] {
  return [
    warn(
      'other-copies',
      'Whoever has another copy of this key owns the same channels. The file it was read from stays as it is.',
      Severity.INFO,
    ),
    ...(connections
      ? [
          warn(
            'configured-too',
            `It is the ownerKeyFile of ${connections.join(', ')} already; from then on it is kept here as well.`,
            Severity.INFO,
          ),
        ]
      : []),
  ];
}
