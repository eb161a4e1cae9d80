import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Severity } from '@muster/api';
import { deleteChannelCommand } from '../upstream/channel-manager/commands.ts';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { ActionContext, Planned } from './action.ts';
import { mostMembers, mostTtl, tooMany } from './channel-limits.ts';
import { namedKey, nobody, ownerWords, ownSigner, requireSigning, signerOf } from './channel-owner.ts';
import type { Signer } from './channel-owner.ts';
import { channelGone, channelOf, mayChange, membersOf, targetOf } from './group-target.ts';
import { change, count, done, failed, fieldChange } from './results.ts';
import { signedDelete } from './signed-request.ts';

/** channel.delete on a channel manager. `key` is an operator's, where the owner's is not ours. */
export async function planManagerDelete(
  input: { name: string; key?: string | undefined; signed_request?: string | undefined },
  context: ActionContext,
  connection: ChannelManagerConnection,
): Promise<Planned> {
  mayChange(connection, 'channels.write');
  const channel = await channelOf(connection, input.name);
  const ends = (await connection.channels().catch(() => [])).find(
    ({ name }) => name === channel.name,
  )?.expiresAt;
  if (input.key !== undefined && input.signed_request !== undefined)
    throw badInput('key', 'the request is signed already.');
  const given =
    input.signed_request === undefined
      ? undefined
      : signedDelete(input.signed_request, channel, connection, context.now());
  const signer = given ? undefined : deleter(input.key, channel, context, connection);
  const listed = () => listedMembers(connection, channel.name);
  const found = await listed();
  const members = found ?? [];
  const at = connection.link.name;
  const made = context.made.get(at, channel.name, channel.owner);
  const alias = context.ownerKeys.aliasOf(channel.owner);
  const ours = given
    ? context.ownerKeys.list().some(({ did }) => did === channel.owner)
    : signer !== undefined && signer.did === channel.owner;
  return {
    title: 'Delete channel',
    target: targetOf(connection),
    changes: [
      change('delete', 'channel', channel.name, at, [
        fieldChange('MLS', made === undefined ? 'unknown' : made.mls ? 'on' : 'off', ''),
        fieldChange('Owner', channel.owner === '' ? 'nobody' : ownerWords(channel.owner, alias), ''),
        ...(ends === undefined ? [] : [fieldChange('Ends', ends.toISOString(), '')]),
        ...(members.length === 0 ? [] : [fieldChange('Members', members.join(', '), '')]),
      ]),
    ],
    effects: [
      ...(members.length === 0
        ? []
        : [`${count(members.length, 'member is', 'members are')} told that the session has ended.`]),
      ...(signer ? [`The request is signed with ${ownerWords(signer.did, signer.alias)}.`] : []),
      ...(given
        ? [`The request was signed elsewhere; it is good until ${given.notAfter.toISOString()}.`]
        : []),
    ],
    warnings: [
      ...(found
        ? []
        : [
            warn(
              'members-unread',
              'The manager does not tell who is in it: its own session in it may have ended.',
            ),
          ]),
      ...((signer && !ours) || given?.byOwner === false
        ? [
            warn(
              'as-operator',
              'It is signed with another key than its owner’s: the manager takes that only if the key is one of its operators.',
            ),
          ]
        : []),
      ...(channel.owner !== '' && !ours
        ? [warn('not-undone', 'It cannot be made again with the same owner from here: that key is not ours.')]
        : []),
      ...tooMany(members),
      warn(
        'made-again',
        'A channel made again of the same name is another session with other keys.',
        Severity.INFO,
      ),
    ],
    commands: [
      deleteChannelCommand(
        connection.config,
        channel.name,
        given ? { request: true } : (signer?.signed ?? {}),
      ),
    ],
    destructive: true,
    before: { channel, members, signer: signer?.did ?? '' },
    check: async () => {
      if (given && given.notAfter <= context.now()) return 'the signed request has expired';
      const gone = await channelGone(connection, channel.name);
      if (gone !== '') return gone;
      if ((await channelOf(connection, channel.name)).owner !== channel.owner)
        return 'its owner is another now';
      return (await listed())?.join() === found?.join() ? '' : 'its members are others now';
    },
    apply: async function* () {
      try {
        await connection.delete(channel.name, given?.proof ?? signer?.key);
        context.made.remove(at, channel.name);
        yield done(channel.name);
      } catch (error) {
        yield failed(channel.name, error);
      } finally {
        context.onChannels(at);
      }
    },
    inverseInput: ([first]) =>
      first?.outcome === ItemOutcome.DONE &&
      (channel.owner === '' || ours) &&
      members.length <= mostMembers &&
      !isOver(ends, context.now())
        ? {
            connection: at,
            name: channel.name,
            mls: made?.mls ?? true,
            members: members.filter((member) => member !== connection.config.audience),
            owner: channel.owner === '' ? nobody : channel.owner,
            ...(ends === undefined ? {} : { ttl_seconds: secondsTo(ends, context.now()) }),
            ...(made === undefined || made.callback === '' ? {} : { owner_callback_name: made.callback }),
          }
        : undefined,
  };
}

/** What is left of a lifetime, as channel.create takes it. */
const secondsTo = (ends: Date, now: Date): number =>
  Math.min(mostTtl, Math.ceil((ends.getTime() - now.getTime()) / 1000));

/** Deleted by then by the manager itself: nothing of it is to be brought back. */
const isOver = (ends: Date | undefined, now: Date): boolean => ends !== undefined && ends <= now;

/** Undefined where the manager refuses to tell: a channel whose session ended can still be deleted. */
async function listedMembers(
  connection: ChannelManagerConnection,
  name: string,
): Promise<string[] | undefined> {
  try {
    return (await membersOf(connection, name)).toSorted();
  } catch (error) {
    if (error instanceof ConnectError && error.code === Code.FailedPrecondition) return undefined;
    throw error;
  }
}

function deleter(
  asked: string | undefined,
  channel: { name: string; owner: string },
  context: ActionContext,
  connection: ChannelManagerConnection,
): Signer | undefined {
  if (asked !== undefined) {
    requireSigning(connection, 'key');
    return signerOf(context, 'key', namedKey(context, 'key', asked));
  }
  if (channel.owner === '') return undefined;
  const ours = ownSigner(context, channel.owner);
  if (!ours)
    throw new ConnectError(
      `channel: ${channel.name} is owned by ${channel.owner}, a key this gateway does not hold. Its owner can delete it, or an operator of the manager: name an operator’s key (key).`,
      Code.PermissionDenied,
    );
  requireSigning(connection, 'channel');
  return ours;
}
