import { Code, ConnectError } from '@connectrpc/connect';
import type { Warning } from '@muster/api';
import type { OwnerKeyRow } from '../owner-keys/port.ts';
import type { SignedWith } from '../upstream/channel-manager/commands.ts';
import { noAudience } from '../upstream/channel-manager/connection.ts';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import { readGrant } from '../upstream/channel-manager/grant.ts';
import type { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { classify } from '../upstream/errors.ts';
import { sentence } from '../upstream/sentences.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { ActionContext } from './action.ts';
import type { GroupConnection } from './group-target.ts';

/** How an owner's key is named in an input. */
export const ownerField = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description: 'Alias or did:key of an owner key of this gateway.',
} as const;

/** Says in an input that nobody is to own it, where a key would by default. */
export const nobody = 'none';

/** An owner, as a plan says it. */
export const ownerWords = (did: string, alias: string): string => (alias === '' ? did : `${alias} (${did})`);

/** A key that signs, and how it is said. */
export interface Signer {
  key: OwnerKey;
  did: string;
  alias: string;
  signed: SignedWith;
}

/** The key that an input names. */
export function namedKey({ ownerKeys }: ActionContext, field: string, text: string): OwnerKeyRow {
  const all = ownerKeys.list();
  const found = all.find(({ did }) => did === text) ?? all.find(({ alias }) => alias === text);
  if (found) return found;
  const names = all.slice(0, 10).map(({ alias, did }) => alias || did);
  const more = all.length > 10 ? ` and ${all.length - 10} more` : '';
  throw badInput(
    field,
    all.length === 0
      ? 'this gateway has no owner key. Make or import one first.'
      : `there is no owner key of this name here; there are: ${names.join(', ')}${more}.`,
  );
}

/** @throws ConnectError naming the field, where the key is locked */
export function signerOf(context: ActionContext, field: string, row: OwnerKeyRow): Signer {
  const { did, alias, source } = row;
  try {
    return { key: context.ownerKeys.signer(did), did, alias, signed: { key: { source, alias } } };
  } catch (error) {
    throw new ConnectError(`${field}: ${sentence(classify(error))}`, Code.FailedPrecondition);
  }
}

/** The key of a channel's owner, where it is ours; undefined where it is another's. */
export function ownSigner(context: ActionContext, owner: string): Signer | undefined {
  const row = context.ownerKeys.list().find(({ did }) => did === owner);
  return row && signerOf(context, 'channel', row);
}

/** What signed requests need of the manager and its configuration. */
export function requireSigning(connection: ChannelManagerConnection, field: string): void {
  const { unsigned } = connection;
  if (unsigned !== '') throw badInput(field, unsigned);
  if (connection.config.audience === undefined) throw badInput(field, noAudience);
}

/** How a change of a member is let through: our key, another's grant, or nothing, and then the owner may be asked. */
export interface Passage {
  signed: SignedWith;
  /** Bytes to send; undefined: the connection signs with our key, or sends none. */
  grant?: Uint8Array;
  warnings: Warning[];
  effects: string[];
}

/** As `passageOf`; whatever is no channel manager knows no grants. */
export function passageFor(
  context: ActionContext,
  connection: GroupConnection,
  asked: Asked & { grant?: string | undefined },
): Passage {
  if (connection.kind === 'channel-manager') return passageOf(context, connection, asked);
  if (asked.grant !== undefined)
    throw badInput('grant', 'only a channel manager takes grants; here nobody has to allow it.');
  return { signed: {}, warnings: [], effects: [] };
}

interface Asked {
  channel: { name: string; owner: string };
  member: string;
  action: 'add' | 'delete';
}

/** Checks a grant that somebody else issued, so that one that would be refused is not sent. */
function passageOf(
  context: ActionContext,
  connection: ChannelManagerConnection,
  asked: Asked & { grant?: string | undefined },
): Passage {
  const { channel, member, action, grant } = asked;
  const alias = context.ownerKeys.aliasOf(channel.owner);
  if (grant !== undefined) return granted(context, connection, { ...asked, grant });
  if (connection.unsigned !== '' || channel.owner === '')
    return {
      signed: {},
      warnings: [
        warn(
          'unowned',
          'The channel has no owner: anyone who reaches its manager may change it, and nothing is signed.',
        ),
      ],
      effects: [],
    };
  const ours = ownSigner(context, channel.owner);
  if (ours)
    return {
      signed: ours.signed,
      warnings: [],
      effects: [`The change is signed with the owner’s key: ${ownerWords(ours.did, ours.alias)}.`],
    };
  const callback = context.made.get(connection.link.name, channel.name, channel.owner)?.callback ?? '';
  const verb = action === 'add' ? 'invitation' : 'removal';
  return {
    signed: {},
    warnings: [
      warn(
        'asks-owner',
        `${channel.name} is owned by ${ownerWords(channel.owner, alias)}, whose key this gateway does not hold. ${
          callback === ''
            ? `If its owner left a name to ask at, the manager asks there for this ${verb}, for up to 60 s; otherwise it refuses, and a grant of the owner for ${member} is needed.`
            : `The manager asks for this ${verb} at ${callback}, for up to 60 s.`
        }`,
      ),
    ],
    effects: [],
  };
}

function granted(
  context: ActionContext,
  connection: ChannelManagerConnection,
  asked: Asked & { grant: string },
): Passage {
  const { channel, member, action, grant } = asked;
  if (connection.unsigned !== '') throw badInput('grant', connection.unsigned);
  if (channel.owner === '')
    throw badInput('grant', `${channel.name} has no owner: no grant is needed, and none would be looked at.`);
  const read = readGrant(grant);
  if (typeof read === 'string') throw badInput('grant', read);
  if (read.channel !== channel.name) throw badInput('grant', `it is for another channel: ${read.channel}.`);
  if (read.invitee !== member) throw badInput('grant', `it is for another member: ${read.invitee}.`);
  if (read.action !== action)
    throw badInput('grant', action === 'add' ? 'it allows a removal only.' : 'it allows an invitation only.');
  if (read.notAfter <= context.now())
    throw badInput('grant', `it expired at ${read.notAfter.toISOString()}. Its owner has to issue another.`);
  if (!read.signedBy(channel.owner))
    throw badInput(
      'grant',
      `it is not signed by the owner of the channel (${channel.owner}), or was changed since.`,
    );
  return {
    signed: { grant: true },
    grant: new TextEncoder().encode(grant),
    warnings: [],
    effects: [
      `The grant of the owner goes with it. It is good for this one change, until ${read.notAfter.toISOString()}.`,
    ],
  };
}
