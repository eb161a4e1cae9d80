import { setTimeout as pause } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome, Severity } from '@muster/api';
import type { ItemResult, Warning } from '@muster/api';
import { addParticipantCommand } from '../upstream/channel-manager/commands.ts';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import { noCommand } from '../upstream/command.ts';
import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action, ActionContext } from './action.ts';
import { noTool } from './channel-create.ts';
import { passageFor } from './channel-owner.ts';
import { channelsOf, mayChange, membersOf, targetOf, threeParts } from './group-target.ts';
import { change, done, failed, fieldChange, skipped, stopped } from './results.ts';
import { sessionChanged, sessionIn, sessionNode } from './session-target.ts';

interface Input {
  connection?: string;
  channel: string;
  wait_seconds?: number;
}

const WAIT_SECONDS = 120;
/** What a manager's invitation takes at most: 11 s, and 60 more where it asks the owner. */
const INVITED_SECONDS = 90;

export const sessionOpen: Action<Input> = {
  name: 'session.open',
  title: 'Take part in a channel',
  role: 'moderator',
  inverse: 'session.close',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['channel'],
    properties: {
      connection: {
        type: 'string',
        maxLength: 63,
        description: 'The slim-node connection whose moderator takes part.',
      },
      channel: {
        type: 'string',
        minLength: 1,
        maxLength: 1024,
        description: 'organization/namespace/channel',
      },
      wait_seconds: {
        type: 'integer',
        minimum: 1,
        maximum: 600,
        description: 'How long an invitation by somebody else is waited for; 120 unless told otherwise.',
      },
    },
  },

  async plan(input, context) {
    const node = sessionNode(context, input.connection);
    mayChange(node, 'messages');
    const channel = threeParts('channel', input.channel);
    const before = sessionIn(node, channel);
    if (before && before.session !== 'lost') throw there(before);
    const host = await managerOf(context, channel, node.ownName);
    const seconds = host ? INVITED_SECONDS : (input.wait_seconds ?? WAIT_SECONDS);
    const { warnings, effects } = wordsFor(node, channel, host, seconds);
    const inviting = host
      ? [...(host.stale ? [removal(host, node, channel)] : []), invitation(host, node, channel)]
      : [];
    return {
      title: 'Take part in channel',
      target: targetOf(node),
      changes: [...inviting, change('open', 'session', channel, node.link.name)],
      effects,
      warnings,
      commands: [
        host
          ? addParticipantCommand(host.manager.config, channel, node.ownName, host.passage.signed)
          : noCommand(noTool),
      ],
      destructive: false,
      before: { session: before?.session ?? '', host: host?.manager.link.name ?? '' },
      check: async () => sessionChanged(node, channel, before),
      stoppable: true,
      apply: (_caller, stop) => open(context, { node, channel, host, seconds, stop }),
      inverseInput: (results) =>
        results.at(-1)?.outcome === ItemOutcome.DONE
          ? { connection: node.link.name, channel, leave: true }
          : undefined,
    };
  },
};

function there({ name, role, session }: NonNullable<ReturnType<typeof sessionIn>>): ConnectError {
  if (session === 'closed')
    return new ConnectError(
      `channel: our session in ${name} is closed. session.rejoin brings it back.`,
      Code.AlreadyExists,
    );
  if (session === 'waiting')
    return new ConnectError(`channel: an invitation to ${name} is waited for already.`, Code.AlreadyExists);
  return new ConnectError(
    `channel: we ${role === 'moderator' ? 'moderate' : 'take part in'} ${name} already.`,
    Code.AlreadyExists,
  );
}

interface Host {
  manager: ChannelManagerConnection;
  passage: ReturnType<typeof passageFor>;
  /** Our name is a member there without a session of ours: a former instance, which has to go first. */
  stale: boolean;
}

/** A connected channel manager that has the channel and lets us invite; undefined when there is none. */
async function managerOf(context: ActionContext, channel: string, own: string): Promise<Host | undefined> {
  for (const manager of context.connections.managers.filter(({ link }) => link.up)) {
    try {
      const held = (await channelsOf(manager)).find(({ name }) => name === channel);
      if (!held) continue;
      mayChange(manager, 'members.write');
      const passage = passageFor(context, manager, { channel: held, member: own, action: 'add' });
      const stale = (await membersOf(manager, channel)).includes(own);
      return { manager, passage, stale };
    } catch {
      // One that cannot be asked, or whose owner is somebody else: its owner may still invite us.
    }
  }
  return undefined;
}

const removal = ({ manager }: Host, node: SlimNodeConnection, channel: string) =>
  change('remove', 'member', node.ownName, manager.link.name, [fieldChange('Channel', channel, '')]);
const invitation = ({ manager }: Host, node: SlimNodeConnection, channel: string) =>
  change('invite', 'member', node.ownName, manager.link.name, [fieldChange('Channel', '', channel)]);

function wordsFor(
  node: SlimNodeConnection,
  channel: string,
  host: Host | undefined,
  seconds: number,
): { effects: string[]; warnings: Warning[] } {
  const seen = `Its members see us as ${node.ownName}, and what they write from then on can be read here.`;
  if (host) {
    return {
      effects: [
        `${host.manager.link.name} invites us, and the invitation is accepted.`,
        ...host.passage.effects,
        seen,
      ],
      warnings: [
        ...host.passage.warnings,
        ...(host.stale
          ? [
              warn(
                'former-instance',
                `${host.manager.link.name} has ${node.ownName} as a member that no session of ours answers for. It is removed first.`,
                Severity.INFO,
              ),
            ]
          : []),
      ],
    };
  }
  return {
    effects: [
      `Whoever moderates ${channel} has to invite ${node.ownName} within ${seconds} s; that invitation is accepted. session.close ends the waiting.`,
      seen,
    ],
    warnings: [
      warn(
        'invited-by-others',
        'No channel manager connected here can invite us to it, so this depends on somebody else.',
        Severity.INFO,
      ),
    ],
  };
}

interface Opening {
  node: SlimNodeConnection;
  channel: string;
  host: Host | undefined;
  seconds: number;
  stop: AbortSignal;
}

async function* open(
  context: ActionContext,
  { node, channel, host, seconds, stop }: Opening,
): AsyncGenerator<ItemResult> {
  const { moderator } = node;
  // Listening first: an invitation that nobody expects is declined.
  const joined = moderator.join(channel, seconds * 1000).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  // Another window waits for one already: the invitation is its, and so is what comes of it.
  const early = await Promise.race([joined, pause(0).then(() => undefined)]);
  if (early) {
    if (host?.stale === true) yield skipped(node.ownName);
    if (host) yield skipped(node.ownName);
    yield failed(channel, early.error);
    return;
  }
  const giveUp = () => void moderator.leaveSession(channel).catch(() => {});
  stop.addEventListener('abort', giveUp, { once: true });
  context.onChannels(node.link.name);
  if (host) {
    const { manager, passage, stale } = host;
    let refusal: unknown;
    for (const send of [
      ...(stale ? [() => manager.remove(channel, node.ownName)] : []),
      () => manager.add(channel, node.ownName, passage.grant),
    ]) {
      try {
        if (refusal === undefined) await send();
      } catch (error) {
        refusal = error;
      }
      yield refusal === undefined ? done(node.ownName) : failed(node.ownName, refusal);
    }
    context.onChannels(manager.link.name);
    // Nobody else is asked to invite us, so there is nothing to wait for.
    if (refusal !== undefined) giveUp();
  }
  const failure = await joined;
  stop.removeEventListener('abort', giveUp);
  context.onChannels(node.link.name);
  if (failure) yield stop.aborted ? stopped(channel) : failed(channel, failure.error);
  else yield done(channel);
}
