import { Code, ConnectError } from '@connectrpc/connect';
import type { ReachRequest } from '@muster/api';
import type { Inventory } from '../inventory/inventory.ts';
import type { NetworkCopy } from '../network/copy.ts';
import type { Networks } from '../network/networks.ts';
import type { Connections } from '../upstream/connections.ts';
import { noSuchConnection } from '../views/context.ts';
import { within } from '../within.ts';
import { readQuestion } from './asked.ts';
import type { Asked } from './asked.ts';
import { findChannel, labelOf, sameParty } from './channel.ts';
import type { FoundChannel, Party } from './channel.ts';
import { membershipSteps, mlsStep, pickChannel, presenceSteps } from './channel-steps.ts';
import { identitySteps } from './identity-steps.ts';
import type { Identities, IdentitiesOf } from './identity-steps.ts';
import { Net } from './net.ts';
import { groupsOf } from './node-steps.ts';
import { networkSteps } from './network-steps.ts';
import type { Crossing } from './network-steps.ts';
import type { Step } from './step.ts';
import { trustSteps } from './trust-steps.ts';

/** At most this long is a list waited for that is read again. */
const againMs = 2500;
/** A list of more routes is not read again for one question. */
const soonRead = 10_000;

export interface ReachContext {
  connections: Connections;
  inventory: Inventory;
  networks: Networks;
  identitiesOf: IdentitiesOf;
  now: () => Date;
}

export interface Explained extends Crossing {
  /** The whole of them, in order. */
  steps: readonly Step[];
  from: Party;
  to: Asked | undefined;
  channel: FoundChannel | undefined;
  parties: readonly Party[];
  net: Net | undefined;
}

/** Looks at everything a message from one name to another meets, and tells what it saw of each. */
export async function explainReach(context: ReachContext, request: ReachRequest): Promise<Explained> {
  const question = readQuestion(request);
  const { networks, now } = context;
  const copies = copiesOf(networks, question.connection);
  const [search] = await Promise.all([
    question.channel === '' ? undefined : findChannel(context.connections, question.channel),
    networks.first(copies),
  ]);
  const asked = [question.from, question.to].filter((one) => one !== undefined);
  const channel = search && pickChannel(search, asked);
  const nets = copies.map((copy) => new Net(copy));
  const from = partyIn(channel, question.from ?? moderatorOf(question.channel, channel));
  const to = question.to && partyIn(channel, question.to);
  const others = to ? [to] : (channel?.members ?? []).filter((member) => !sameParty(member, from));
  const net = netFor(nets, from, others);
  const routed = nets.some((one) => question.channel !== '' && one.knows(question.channel));

  const steps: Step[] = [];
  if (search) {
    steps.push(
      ...membershipSteps(
        question.channel,
        search,
        channel,
        asked.map((one) => partyIn(channel, one)),
        routed,
        now(),
      ),
    );
    if (channel && others.length === 0)
      steps.push({
        kind: 'membership',
        title: 'Somebody to hear it',
        state: 'wrong',
        detail: `${labelOf(from)} is alone in the channel.`,
        link: `/channels?${new URLSearchParams({ channel: `${channel.connection}/${channel.name}` }).toString()}`,
      });
    if (channel) {
      // Of those named, one that is no member was told of above.
      const named = [from, ...(to ? others : [])].filter((one) =>
        channel.members.some((member) => sameParty(member, one)),
      );
      steps.push(...presenceSteps(channel, to ? named : [...named, ...others], now()));
    }
  }
  const cross = (on: Net | undefined): Promise<Crossing> =>
    networkSteps({
      net: on,
      elsewhere: nets.filter((one) => one !== net),
      from,
      others,
      channel: channel || routed ? question.channel : '',
      now: now(),
    });
  let crossing = await cross(net);
  // A node is asked now, and the list may be seconds old: only a list as new can be told to be wrong.
  if (
    net &&
    net.copy.routes.size < soonRead &&
    crossing.steps.some(({ kind, state }) => kind === 'node-truth' && state === 'wrong')
  ) {
    await within(againMs, net.copy.refresh());
    crossing = await cross(new Net(net.copy));
  }
  steps.push(...crossing.steps);
  if (others.length > 0) {
    const identities = await identitiesOf(context, [from, ...others]);
    steps.push(...identitySteps([from, ...others], identities, channel?.spiffe));
    steps.push(
      ...(await trustSteps(
        context,
        from.name,
        others.map(({ name }) => name),
        identities,
        channel?.spiffe,
      )),
    );
  }
  if (channel) steps.push(mlsStep(channel));
  return { ...crossing, steps, from, to: question.to, channel, parties: [from, ...others], net };
}

function copiesOf(networks: Networks, connection: string): readonly NetworkCopy[] {
  if (connection === '') return networks.all;
  const copy = networks.get(connection);
  if (copy) return [copy];
  throw noSuchConnection(
    connection,
    networks.all.map((one) => one.connection),
  );
}

/** A control plane that knows the one who sends; else one that knows who should hear; else the only one. */
function netFor(nets: readonly Net[], from: Party, others: readonly Party[]): Net | undefined {
  const some = others.slice(0, 50);
  const score = (net: Net): number =>
    (net.knows(from.name) ? 1000 : 0) + some.filter(({ name }) => net.knows(name)).length;
  const [best] = nets.toSorted((a, b) => score(b) - score(a));
  return best && (score(best) > 0 || nets.length === 1) ? best : undefined;
}

/** As the channel lists it, where it does: with its instance, and whether it is there. */
function partyIn(channel: FoundChannel | undefined, asked: Asked): Party {
  const found = channel?.members.find((member) => sameParty(member, asked));
  return { ...asked, presence: 'unknown', ...found, exact: asked.instance !== '' };
}

function moderatorOf(name: string, channel: FoundChannel | undefined): Asked {
  if (channel && channel.moderator !== '') return { name: channel.moderator, instance: '' };
  // Channel managers do not tell: somebody must be looked at from.
  const [first] = channel?.members ?? [];
  if (first) return first;
  throw new ConnectError(
    channel
      ? `from: nobody is in ${name} yet; name who sends.`
      : `from: nothing here has a channel ${name}, so nobody is known to moderate it; name who sends.`,
    Code.InvalidArgument,
  );
}

async function identitiesOf(
  { identitiesOf: read }: ReachContext,
  parties: readonly Party[],
): Promise<Identities> {
  return read([...new Set(parties.map(({ name }) => name))]);
}

/** Who is where, for a picture. */
export function placesOf({ net, parties, channel }: Explained): {
  node: string;
  domain: string;
  parties: Party[];
}[] {
  if (!net) return [];
  // Between two of a channel, the others stay where they are.
  const others = channel?.members.filter((member) => !parties.includes(member)) ?? [];
  const named = new Set(parties.map(({ name }) => name));
  const everyone =
    parties.length > 2 ? parties : [...parties, ...others.filter(({ name }) => !named.has(name))];
  const { groups, nowhere } = groupsOf(net, everyone);
  return [
    ...groups.map(({ node, parties: here }) => ({ node, domain: net.domainOf(node), parties: [...here] })),
    ...(nowhere.length > 0 ? [{ node: '', domain: '', parties: nowhere }] : []),
  ];
}
