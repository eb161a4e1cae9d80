import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import type { ItemResult } from '@muster/api';
import { lookAlikes } from '../members/look-alike.ts';
import { noCommand } from '../upstream/command.ts';
import type { SessionSettings } from '../moderator/types.ts';
import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext } from './action.ts';
import { mostMembers, mostTtl } from './channel-limits.ts';
import { ownerField } from './channel-owner.ts';
import { invite } from './group-run.ts';
import { channelsOf, groupConnection, mayChange, newName, targetOf } from './group-target.ts';
import { planManagerCreate } from './manager-channel-create.ts';
import { sameName } from './group-name.ts';
import { planPlaneCreate } from './plane-channel.ts';
import { change, count, done, failed, fieldChange, skipped } from './results.ts';
import { signedRequestField } from './signed-request.ts';

interface Input {
  connection?: string;
  name?: string;
  mls?: boolean;
  members?: string[];
  moderators?: string[];
  ttl_seconds?: number;
  owner?: string;
  owner_callback_name?: string;
  signed_request?: string;
  max_retries?: number;
  interval_ms?: number;
}

/** What SLIM's own tutorial gives a session: patient with members that are slow or far away. */
const SLIM_RETRIES = 5;
const SLIM_INTERVAL_MS = 5000;

export const noTool = 'slimctl does not moderate: this is a session of our own with the node.';

export const channelCreate: Action<Input> = {
  name: 'channel.create',
  title: 'Create a channel',
  role: 'moderator',
  inverse: 'channel.delete',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      connection: { type: 'string', maxLength: 63 },
      name: {
        type: 'string',
        minLength: 1,
        maxLength: 1024,
        description: 'organization/namespace/channel; a control plane up to 1.4 makes it itself.',
      },
      mls: { type: 'boolean', description: 'End-to-end encryption by MLS; on unless said otherwise.' },
      members: {
        type: 'array',
        maxItems: mostMembers,
        items: { type: 'string', minLength: 1, maxLength: 1024 },
      },
      moderators: {
        type: 'array',
        maxItems: 16,
        items: { type: 'string', minLength: 1, maxLength: 1024 },
        description: 'Control planes up to 1.4 only; from 0.6 on organization/namespace/app/id.',
      },
      ttl_seconds: {
        type: 'integer',
        minimum: 1,
        maximum: mostTtl,
        description: 'Channel managers from 3.1 on only: it is deleted after so long.',
      },
      owner: {
        ...ownerField,
        description:
          'Channel managers from 3.3 on only: alias or did:key of the owner key that owns it; none for nobody. Usually the connection’s own key.',
      },
      owner_callback_name: {
        type: 'string',
        minLength: 1,
        maxLength: 1024,
        description:
          'Channel managers from 3.3 on only: organization/namespace/app where its owner is asked to approve.',
      },
      signed_request: signedRequestField,
      max_retries: {
        type: 'integer',
        minimum: 1,
        maximum: 10,
        description:
          'Nodes only: how often SLIM repeats what a member does not confirm; 5 unless told otherwise.',
      },
      interval_ms: {
        type: 'integer',
        minimum: 100,
        maximum: 10_000,
        description: 'Nodes only: milliseconds between two attempts; 5000 unless told otherwise.',
      },
    },
  },

  async plan(input, context) {
    const connection = await groupConnection(context, input.connection);
    if (connection.kind === 'slim-control-plane') return planPlaneCreate(input, context, connection);
    if (input.moderators !== undefined)
      throw badInput(
        'moderators',
        'only a control plane up to 1.4 is told who moderates; here that is settled.',
      );
    mayChange(connection, 'channels.write');
    const name = newName('name', input.name ?? '');
    const members = [
      ...new Set((input.members ?? []).map((member, index) => newName(`members[${index}]`, member))),
    ];
    const mls = input.mls ?? true;
    if (connection.kind === 'channel-manager') {
      for (const field of ['max_retries', 'interval_ms'] as const)
        if (input[field] !== undefined)
          throw badInput(field, 'a channel manager takes no such setting; a session of our own does.');
      if (input.signed_request !== undefined)
        for (const field of ['mls', 'ttl_seconds', 'owner', 'owner_callback_name'] as const)
          if (input[field] !== undefined) throw badInput(field, 'the signed request says it already.');
      const planned = await planManagerCreate({ ...input, name, mls, members }, context, connection);
      return {
        ...planned,
        warnings: [
          ...planned.warnings,
          ...lookAlikes([name, ...members]),
          ...(await sameName(context, connection, name)),
        ],
      };
    }
    const settings = {
      mls,
      maxRetries: input.max_retries ?? SLIM_RETRIES,
      intervalMs: input.interval_ms ?? SLIM_INTERVAL_MS,
    };
    for (const field of ['ttl_seconds', 'owner', 'owner_callback_name', 'signed_request'] as const)
      if (input[field] !== undefined)
        throw badInput(
          field,
          'only a channel manager has owners and lifetimes; our own moderator has neither.',
        );
    if ((await channelsOf(connection)).some((channel) => channel.name === name)) {
      throw new ConnectError(
        `name: ${connection.link.name} has a channel ${name} already.`,
        Code.AlreadyExists,
      );
    }
    const warnings = [...lookAlikes([name, ...members]), ...(await sameName(context, connection, name))];
    if (!mls) warnings.push(warn('mls-off', 'Without MLS every node on the way can read the messages.'));
    return {
      title: `Create channel${members.length === 0 ? '' : ` with ${count(members.length, 'member', 'members')}`}`,
      target: targetOf(connection),
      changes: [
        change('create', 'channel', name, connection.link.name, [
          fieldChange('MLS', '', mls ? 'on' : 'off'),
          fieldChange('Retries', '', `${settings.maxRetries}, ${lengthOf(settings.intervalMs)} apart`),
        ]),
        ...members.map((member) =>
          change('invite', 'member', member, connection.link.name, [fieldChange('Channel', '', name)]),
        ),
      ],
      effects:
        members.length === 0
          ? []
          : [
              'Each member is asked to join now; one that is not running cannot be.',
              `For one that does not answer it takes ${patience(settings)} until that is known.`,
            ],
      warnings,
      commands: [noCommand(noTool)],
      destructive: false,
      before: null,
      check: async () =>
        (await channelsOf(connection)).some((channel) => channel.name === name)
          ? `a channel ${name} was created`
          : '',
      apply: () => create(context, connection, { name, settings, members }),
      inverseInput: (results) =>
        results[0]?.outcome === ItemOutcome.DONE ? { connection: connection.link.name, name } : undefined,
    };
  },
};

interface Wanted {
  name: string;
  settings: SessionSettings;
  members: readonly string[];
}

async function* create(
  context: ActionContext,
  connection: SlimNodeConnection,
  { name, settings, members }: Wanted,
): AsyncGenerator<ItemResult> {
  try {
    await connection.moderator.createChannel(name, settings);
    yield done(name);
  } catch (error) {
    yield failed(name, error);
    for (const member of members) yield skipped(member);
    return;
  } finally {
    context.onChannels(connection.link.name);
  }
  for (const member of members) {
    try {
      await invite(connection, name, member);
      yield done(member);
    } catch (error) {
      // One that is not running must not keep the others out.
      yield failed(member, error);
    }
    context.onChannels(connection.link.name);
  }
}

/** "30 s": after its last repetition SLIM waits once more. */
function patience({ maxRetries, intervalMs }: SessionSettings): string {
  return `${Math.ceil(((maxRetries + 1) * intervalMs) / 1000)} s`;
}

const lengthOf = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`);
