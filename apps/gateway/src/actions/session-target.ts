import { Code, ConnectError } from '@connectrpc/connect';
import type { ModeratedChannel } from '../moderator/types.ts';
import { refuse } from '../upstream/refuse.ts';
import type { SlimNodeConnection } from '../upstream/slim-node/connection.ts';
import { badInput } from './action.ts';
import type { ActionContext } from './action.ts';

/** The node whose sessions are meant: by name, by the channel it has a session in, or the only one. */
export function sessionNode(
  context: ActionContext,
  name: string | undefined,
  channel?: string,
): SlimNodeConnection {
  const all = context.connections.nodes.filter(({ ownName }) => ownName !== '');
  const listed = all.map(({ link }) => link.name).join(', ') || 'none';
  if (name !== undefined && name !== '') {
    const found = all.find(({ link }) => link.name === name);
    if (found) return found;
    throw badInput('connection', `no node of this name has a moderator of ours; there are: ${listed}.`);
  }
  const holders = all.filter((node) => node.link.up && sessionIn(node, channel ?? '') !== undefined);
  const [only] = holders.length === 1 ? holders : all;
  if (only && (holders.length === 1 || all.length === 1)) return only;
  throw badInput('connection', `name one of: ${listed}.`);
}

/** Our session in a channel; undefined when there is none. */
export function sessionIn(node: SlimNodeConnection, channel: string): ModeratedChannel | undefined {
  try {
    return node.moderator.channels().find(({ name }) => name === channel);
  } catch (error) {
    throw refuse('Reading sessions', node.link.name, error);
  }
}

/** Our session, or an answer that says what to do without one. */
export function sessionOf(node: SlimNodeConnection, channel: string): ModeratedChannel {
  const found = sessionIn(node, channel);
  if (found) return found;
  throw new ConnectError(
    `channel: we have no session in ${channel} on ${node.link.name}. session.open opens one.`,
    Code.NotFound,
  );
}

/** Empty while our session is as it was; else what became of it, for the check of a plan. */
export function sessionChanged(
  node: SlimNodeConnection,
  channel: string,
  before: ModeratedChannel | undefined,
): string {
  const now = sessionIn(node, channel);
  const word = (one: ModeratedChannel | undefined): string => {
    if (!one) return 'none';
    // Heard of again is no change.
    return `${one.role} ${one.session === 'restoring' ? 'open' : one.session}`;
  };
  return word(now) === word(before) ? '' : `our session in ${channel} is ${now ? now.session : 'gone'} now`;
}
