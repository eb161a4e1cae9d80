import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Severity } from '@muster/api';
import type { ItemResult, Warning } from '@muster/api';
import { addParticipantCommand, createChannelCommand } from '../upstream/channel-manager/commands.ts';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import type { OwnerKey } from '../upstream/channel-manager/signing.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { ActionContext, Planned } from './action.ts';
import { namedKey, nobody, ownerWords, ownSigner, requireSigning, signerOf } from './channel-owner.ts';
import type { Signer } from './channel-owner.ts';
import { channelsOf, mayChange, targetOf, threeParts } from './group-target.ts';
import { change, count, done, duration, failed, fieldChange, skipped } from './results.ts';
import { signedCreate } from './signed-request.ts';

interface ManagerChannelInput {
  name: string;
  mls: boolean;
  members: readonly string[];
  ttl_seconds?: number | undefined;
  owner?: string | undefined;
  owner_callback_name?: string | undefined;
  signed_request?: string | undefined;
}

const longTtl = 30 * 86_400;
/** Invitations whose commands are listed with a plan; the rest are the same with another name. */
const listedCommands = 20;

/** channel.create on a channel manager. */
export async function planManagerCreate(
  input: ManagerChannelInput,
  context: ActionContext,
  connection: ChannelManagerConnection,
): Promise<Planned> {
  mayChange(connection, 'channels.write');
  const { name, mls, members } = input;
  if (input.signed_request !== undefined) return planSignedCreate(input, context, connection);
  const owner = ownerFor(input, context, connection);
  const ttl = input.ttl_seconds === undefined ? undefined : BigInt(input.ttl_seconds);
  if (ttl !== undefined && connection.unsigned !== '') throw badInput('ttl_seconds', connection.unsigned);
  const callback = callbackFor(input, connection, owner);
  await requireFree(connection, name);
  return planned(context, connection, { name, mls, members, owner, ttl, callback });
}

/** Of a request that was signed elsewhere: all that it says is settled. */
async function planSignedCreate(
  input: ManagerChannelInput,
  context: ActionContext,
  connection: ChannelManagerConnection,
): Promise<Planned> {
  const { name, members, signed_request: text = '' } = input;
  const request = signedCreate(text, name, connection, context.now());
  const { owner: did, mls, ttlSeconds, callback, proof } = request;
  const held = context.ownerKeys.list().some((one) => one.did === did);
  if (members.length > 0 && !held)
    throw badInput(
      'members',
      'each needs a grant of its owner, whose key is not held here: invite them then.',
    );
  await requireFree(connection, name);
  const alias = context.ownerKeys.aliasOf(did);
  const owner = { did, alias, proof, held, signed: { request: true } };
  return planned(context, connection, { name, mls, members, owner, ttl: ttlSeconds, callback });
}

/** Who is to own a channel: a key of ours that signs, or whoever has signed for it elsewhere. */
type Owner = Pick<Signer, 'did' | 'alias' | 'signed'> & {
  key?: OwnerKey;
  proof?: Uint8Array;
  held?: boolean;
};

function planned(
  context: ActionContext,
  connection: ChannelManagerConnection,
  { name, mls, members, owner, ttl, callback }: ManagerChannel,
): Planned {
  const at = connection.link.name;
  const wanted = {
    name,
    mls,
    ...(ttl === undefined ? {} : { ttlSeconds: ttl }),
    ...(callback === undefined ? {} : { callback }),
  };
  return {
    title: `Create channel${members.length === 0 ? '' : ` with ${count(members.length, 'member', 'members')}`}`,
    target: targetOf(connection),
    changes: [
      change('create', 'channel', name, at, [
        fieldChange('MLS', '', mls ? 'on' : 'off'),
        fieldChange('Owner', '', owner ? ownerWords(owner.did, owner.alias) : 'nobody'),
        ...(callback === undefined ? [] : [fieldChange('Owner is asked at', '', callback)]),
        ...(ttl === undefined ? [] : [fieldChange('Ends after', '', duration(Number(ttl)))]),
      ]),
      ...members.map((member) => change('invite', 'member', member, at, [fieldChange('Channel', '', name)])),
    ],
    effects: [
      ...(owner
        ? ['Only who has the owner’s key, or a grant signed by it, can change its members or delete it.']
        : []),
      ...(callback === undefined
        ? []
        : [`Who asks for a change without a grant makes the manager ask ${callback}, for up to 60 s.`]),
      ...(ttl === undefined ? [] : [`The manager deletes it ${duration(Number(ttl))} after it was made.`]),
      ...(members.length === 0
        ? []
        : [
            'Each member is asked to join now; one that is not running cannot be, and takes 11 s to find out.',
          ]),
    ],
    warnings: createWarnings(connection, { mls, owner, ttl, callback }),
    commands: [
      createChannelCommand(connection.config, wanted, owner?.signed ?? {}),
      ...(owner?.key ? members.slice(0, listedCommands) : []).map((member) =>
        addParticipantCommand(connection.config, name, member, owner?.signed ?? {}),
      ),
    ],
    destructive: false,
    before: { owner: owner?.did ?? '' },
    check: async () =>
      (await channelsOf(connection)).some((channel) => channel.name === name)
        ? `a channel ${name} was created`
        : '',
    apply: () => createIt(context, connection, { ...wanted, owner, members }),
    inverseInput: ([first]) =>
      first?.outcome === ItemOutcome.DONE && owner?.held !== false ? { connection: at, name } : undefined,
  };
}

interface ManagerChannel {
  name: string;
  mls: boolean;
  members: readonly string[];
  owner: Owner | undefined;
  ttl: bigint | undefined;
  callback: string | undefined;
}

/** Who is to own it: the key asked for, else the one the connection's configuration names, else nobody. */
function ownerFor(
  input: ManagerChannelInput,
  context: ActionContext,
  connection: ChannelManagerConnection,
): Signer | undefined {
  const { owner } = input;
  if (owner === nobody) return undefined;
  if (owner !== undefined) {
    requireSigning(connection, 'owner');
    return signerOf(context, 'owner', namedKey(context, 'owner', owner));
  }
  if (connection.did === '' || connection.unsigned !== '') return undefined;
  return ownSigner(context, connection.did);
}

function callbackFor(
  { owner_callback_name: callback }: ManagerChannelInput,
  connection: ChannelManagerConnection,
  owner: Signer | undefined,
): string | undefined {
  if (callback === undefined) return undefined;
  if (connection.unsigned !== '') throw badInput('owner_callback_name', connection.unsigned);
  if (!owner)
    throw badInput('owner_callback_name', 'a channel that nobody owns has no one to ask. Name an owner.');
  return threeParts('owner_callback_name', callback);
}

async function requireFree(connection: ChannelManagerConnection, name: string): Promise<void> {
  if (!(await channelsOf(connection)).some((channel) => channel.name === name)) return;
  throw new ConnectError(`name: ${connection.link.name} has a channel ${name} already.`, Code.AlreadyExists);
}

function createWarnings(
  connection: ChannelManagerConnection,
  {
    mls,
    owner,
    ttl,
    callback,
  }: { mls: boolean; owner: Owner | undefined; ttl: bigint | undefined; callback: string | undefined },
): Warning[] {
  const out: Warning[] = [];
  if (!mls) out.push(warn('mls-off', 'Without MLS every node on the way can read the messages.'));
  if (!owner)
    out.push(
      warn(
        'unowned',
        `It will have no owner: anyone who reaches the manager may change or delete it, and an owner cannot be given later. ${
          connection.unsigned || 'Name an owner to prevent that.'
        }`,
      ),
    );
  if (ttl !== undefined && ttl > BigInt(longTtl))
    out.push(
      warn(
        'long-ttl',
        `It lives for ${duration(Number(ttl))}: the lifetime cannot be changed later.`,
        Severity.INFO,
      ),
    );
  if (owner && callback === undefined)
    out.push(
      warn(
        'no-callback',
        'It has no name to ask its owner at: who has neither the key nor a grant is refused at once.',
        Severity.INFO,
      ),
    );
  return out;
}

interface Wanted {
  name: string;
  mls: boolean;
  ttlSeconds?: bigint;
  callback?: string;
  owner: Owner | undefined;
  members: readonly string[];
}

async function* createIt(
  context: ActionContext,
  connection: ChannelManagerConnection,
  { name, owner, members, ...wanted }: Wanted,
): AsyncGenerator<ItemResult> {
  const at = connection.link.name;
  try {
    await connection.create({
      ...wanted,
      channel: name,
      ...(owner?.key === undefined ? {} : { owner: owner.key }),
      ...(owner?.proof === undefined ? {} : { proof: owner.proof }),
    });
  } catch (error) {
    yield failed(name, error);
    for (const member of members) yield skipped(member);
    return;
  } finally {
    context.onChannels(at);
  }
  // What the manager says it is, not what was asked for.
  const has = await connection.ownerOf(name).catch(() => undefined);
  if (has !== undefined)
    context.made.add({
      connection: at,
      channel: name,
      owner: has,
      mls: wanted.mls,
      callback: wanted.callback ?? '',
      at: context.now().getTime(),
    });
  yield { ...done(name), reason: ownerNote(owner?.did ?? '', has) };
  for (const member of members) {
    try {
      await connection.add(name, member);
      yield done(member);
    } catch (error) {
      // One that is not running must not keep the others out.
      yield failed(member, error);
    }
    context.onChannels(at);
  }
}

function ownerNote(wanted: string, has: string | undefined): string {
  if (has === undefined) return 'It was created. Who owns it could not be read back: look at it in the list.';
  if (has === wanted) return '';
  return has === ''
    ? 'It was created, but has no owner: the channel manager ignored the signature.'
    : 'It was created, but belongs to another key.';
}
