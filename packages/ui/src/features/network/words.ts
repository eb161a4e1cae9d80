import {
  type ControlPlane,
  LinkStatus,
  type NetworkLink,
  type NetworkNode,
  type Route,
  RouteStatus,
  RouteTruth,
} from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { proseText, type Tone } from '../../components/index.ts';

export interface Words {
  tone: Tone;
  word: string;
  reason: string;
}

const ROUTE: Record<RouteStatus, Words> = {
  [RouteStatus.UNSPECIFIED]: {
    tone: 'unknown',
    word: 'not told',
    reason: 'No control plane says anything of it: a node told it.',
  },
  [RouteStatus.APPLIED]: {
    tone: 'ok',
    word: 'applied',
    reason: 'The control plane says that its node took it.',
  },
  [RouteStatus.FAILED]: { tone: 'bad', word: 'failed', reason: 'Its node refused it, and gave no reason.' },
  [RouteStatus.PENDING]: {
    tone: 'info',
    word: 'pending',
    reason: 'It waits for the next reconciliation, at most a minute.',
  },
  [RouteStatus.STALE]: {
    tone: 'warn',
    word: 'stale',
    reason: 'The control plane says that it may no longer hold on its node.',
  },
  [RouteStatus.DELETED]: {
    tone: 'unknown',
    word: 'deleted',
    reason: 'It goes from the list at the next reconciliation.',
  },
};

/** Status of a route; its message is the reason where there is one. */
export function routeStatus({ status, statusMessage, stuck }: Route): Words {
  const said = ROUTE[status];
  if (!stuck) return { ...said, reason: proseText(statusMessage) || said.reason };
  const why = proseText(statusMessage);
  return {
    tone: 'warn',
    word: 'stuck',
    reason: `Pending for more than a minute, which is what a reconciliation takes. ${why ? `It waits: ${why}` : 'It does not say for what.'}`,
  };
}

const TRUTH: Record<RouteTruth, Words> = {
  [RouteTruth.UNSPECIFIED]: { tone: 'unknown', word: 'unknown', reason: 'The gateway did not say.' },
  [RouteTruth.SAME]: { tone: 'ok', word: 'same', reason: 'Its node has it, as the control plane says.' },
  [RouteTruth.NOT_ON_NODE]: {
    tone: 'bad',
    word: 'not on node',
    reason: 'The control plane says applied, and the node does not have it.',
  },
  [RouteTruth.NOT_IN_DATABASE]: {
    tone: 'warn',
    word: 'not in database',
    reason: 'The node has it, and the control plane does not know of it: a leftover.',
  },
  [RouteTruth.UNKNOWN]: { tone: 'unknown', word: 'unknown', reason: 'It could not be compared.' },
};

/** What the node has, against what the control plane's database says. */
export function routeTruth({ id, name, truth, truthReason }: Route): Words {
  const said = TRUTH[truth];
  // No list of a control plane has it: its node told it, so it is there.
  if (truth === RouteTruth.UNKNOWN && !id && name)
    return { tone: 'unknown', word: 'on node', reason: proseText(truthReason) || 'Its node tells it.' };
  if (!truthReason) return said;
  const why = proseText(truthReason);
  return { ...said, reason: truth === RouteTruth.UNKNOWN ? why : `${said.reason} ${why}` };
}

/** What a person can do about a route; empty while nothing is wrong. `written`: routes are made by hand there (0.0–1.4). */
export function routeAdvice(route: Route, written: boolean): string {
  const { truth, status } = route;
  if (truth === RouteTruth.NOT_ON_NODE)
    return `Messages for this name end at the source node, and the control plane does not send again what it takes for applied. Try: start the source node anew, so that it registers and is given its routes; or ${
      written
        ? 'remove the route and add it again.'
        : 'remove the link between the two domains and add it again.'
    }`;
  if (truth === RouteTruth.NOT_IN_DATABASE)
    return 'Nothing but the node keeps it. It goes when the node starts anew; until then messages for this name may go where nobody is.';
  if (status === RouteStatus.FAILED)
    return 'Mend what the status message says. The control plane tries again at its next reconciliation.';
  if (status === RouteStatus.STALE)
    return 'Look at the source node: is it connected, and does it have the name?';
  if (status === RouteStatus.PENDING && route.stuck && written)
    return 'Look at both nodes: are they connected, and does the one reach the other?';
  if (status === RouteStatus.PENDING && route.stuck)
    return 'Between two domains it takes a segment that links them, nodes of both that are connected, and one that announces an external endpoint.';
  return '';
}

const LINK: Record<LinkStatus, Words> = {
  [LinkStatus.UNSPECIFIED]: { tone: 'unknown', word: 'not told', reason: 'The control plane did not say.' },
  [LinkStatus.PENDING]: {
    tone: 'info',
    word: 'pending',
    reason: 'It waits for the next reconciliation, at most a minute.',
  },
  [LinkStatus.APPLIED]: { tone: 'ok', word: 'applied', reason: 'The control plane says that it is made.' },
  [LinkStatus.FAILED]: {
    tone: 'bad',
    word: 'failed',
    reason: 'It could not be made, and no reason was given.',
  },
  [LinkStatus.DELETED]: {
    tone: 'unknown',
    word: 'deleted',
    reason: 'It goes from the list at the next reconciliation.',
  },
};

export function linkStatus({ status, statusMessage, wantedOnly, destination }: NetworkLink): Words {
  const said = LINK[status];
  const why = proseText(statusMessage);
  // Two nodes that register at the same moment each make a link; the far end of one of them is then never taken (3.4.6).
  if (status === LinkStatus.PENDING && !wantedOnly && destination === '')
    return {
      ...said,
      reason:
        why ||
        'No node has taken its far end. Where another link joins the same two domains, that one carries the routes, and this one is left over.',
    };
  if (wantedOnly)
    return {
      tone: 'warn',
      word: 'wanted',
      reason: why || 'A segment wants it, and there are no nodes that it could be made between.',
    };
  return { ...said, reason: why || said.reason };
}

export function nodeStatus({
  status,
  direct,
  statusReason,
}: Pick<NetworkNode, 'status' | 'direct' | 'statusReason'>): Words {
  if (direct && status === 'connected')
    return { tone: 'ok', word: 'answers', reason: 'It answers at its own controller API.' };
  if (status === 'connected')
    return { tone: 'ok', word: 'connected', reason: 'It is connected to its control plane.' };
  if (status === 'not-connected')
    return {
      tone: 'bad',
      word: 'not connected',
      reason: proseText(statusReason) || 'The control plane knows it, and it is not connected.',
    };
  return {
    tone: 'unknown',
    word: 'unknown',
    reason: 'The control plane does not say whether it is connected.',
  };
}

/** The part that people compare of an instance's UUID. */
export const shortInstance = (instance: string): string =>
  instance.length > 10 ? `${escapeText(instance.slice(0, 8))}…` : escapeText(instance);

/** What a control plane may be able to change. */
export type Ability =
  'topology.write' | 'domains.write' | 'routes.write' | 'connections.write' | 'nodes.deregister';

/** Why a control plane cannot change this, safe to show; undefined when it can. */
export function abilityProblem(
  planes: readonly ControlPlane[] | undefined,
  connection: string,
  ability: Ability,
): string | undefined {
  if (!planes) return 'The control planes are being read.';
  const plane = planes.find((one) => one.connection === connection);
  if (!plane) return `The control plane ${escapeText(connection)} is not configured any more.`;
  const found = plane.capabilities.find(({ name }) => name === ability);
  if (!plane.generation || !found)
    return proseText(plane.freshness?.staleReason ?? '') || `${escapeText(connection)} is not connected now.`;
  return found.reason ? proseText(found.reason) : undefined;
}

/** What is open, and who tells of it. */
export const kindOf = (kind: string, connection: string): string =>
  connection === '' ? kind : `${kind} · ${escapeText(connection)}`;

/** Control planes that can change this. */
export const ableTo = (planes: readonly ControlPlane[], ability: Ability): string[] =>
  planes.flatMap(({ connection }) =>
    abilityProblem(planes, connection, ability) === undefined ? connection : [],
  );

/** Why no control plane can change this; undefined where one can. Of a node that is only read, nothing is expected. */
export function noneProblem(
  planes: readonly ControlPlane[] | undefined,
  ability: Ability,
): string | undefined {
  if (!planes) return 'The control planes are being read.';
  if (ableTo(planes, ability).length > 0) return undefined;
  const [first] = planes.filter(({ direct }) => !direct);
  return first ? abilityProblem(planes, first.connection, ability) : 'No control plane is configured.';
}

export const TOPOLOGY_MODE: ReadonlyMap<string, string> = new Map([
  ['api', 'changed through the API, as here'],
  ['config', 'comes from its own configuration file; change it there'],
  ['none', 'this generation has none'],
  ['unknown', 'a first change tells whether it is made through the API or in its configuration file'],
]);

export const plural = (n: number | bigint, one: string, many = `${one}s`): string =>
  `${String(n)} ${n === 1 || n === 1n ? one : many}`;
