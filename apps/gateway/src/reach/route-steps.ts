import type { NodeRouteRow, RouteRow } from '../upstream/control-plane/port.ts';
import { serverWords } from '../upstream/sentences.ts';
import type { Net } from './net.ts';
import { renewals } from './renewals.ts';
import type { Sought } from './sought.ts';
import { query } from './step.ts';
import type { Step, StepKind } from './step.ts';

/** A reconciliation comes every 60 s: what is pending for longer waits for something else. */
const stuckMs = 60_000;

/**
 * What every node on a way says of the name: the control plane's database, and then the nodes themselves.
 * @param open every hop has a link
 */
export function routeSteps(
  net: Net,
  path: readonly string[],
  sought: Sought,
  open: boolean,
  now: Date,
  back = false,
): Step[] {
  const last = path.at(-1) ?? '';
  const title = back ? 'Way back: route to' : 'Route to';
  const database: Step[] = [];
  const truth: Step[] = [];
  for (const [index, node] of path.slice(0, -1).entries()) {
    const next = path[index + 1] ?? '';
    const at = { node, next, last };
    const base = (kind: StepKind, words: string) => ({
      kind,
      title: `${words} ${sought.label} on ${node}`,
      nodes: [node, next],
    });
    const has = hasRemote(net, at, sought);
    if (!open) {
      database.push({
        ...base('route', title),
        state: 'not-asked',
        detail: 'No link leads there: without one there can be no route.',
      });
      continue;
    }
    if (net.listsNames)
      database.push({ ...base('route', title), asOf: net.asOf, ...listed(net, at, sought, has, now) });
    truth.push({
      ...base('node-truth', back ? 'Way back: node’s own route to' : 'Node’s own route to'),
      ...told(net, at, sought, has),
    });
  }
  if (!back) truth.push(held(net, last, sought));
  return [...database, ...truth];
}

interface At {
  node: string;
  next: string;
  last: string;
}

type Has = readonly NodeRouteRow[] | undefined;
type Told = Pick<Step, 'state' | 'detail' | 'link' | 'remedies' | 'asOf'>;

/** What the node has for the name by way of others; undefined: it did not say. */
function hasRemote(net: Net, { node, next }: At, { name, instance, channel }: Sought): Has {
  // A channel goes to every node that has a member: a way to another one is no way to this.
  const leads = ({ peerNode }: NodeRouteRow['connections'][number]): boolean =>
    !channel || peerNode === '' || peerNode === next;
  return net
    .on(node, name, instance)
    ?.map((row) => ({
      ...row,
      connections: row.connections.filter((one) => !net.local(one) && leads(one)),
    }))
    .filter(({ connections }) => connections.length > 0);
}

const rank: readonly RouteRow['status'][] = [
  'failed',
  'pending',
  'stale',
  'unspecified',
  'applied',
  'deleted',
];

function listed(net: Net, at: At, sought: Sought, has: Has, now: Date): Told {
  const all = net.rows(sought.name, sought.instance);
  const rows = all
    .filter(
      ({ source, destination }) => source === at.node && (destination === at.last || destination === at.next),
    )
    .toSorted((a, b) => rank.indexOf(a.status) - rank.indexOf(b.status));
  const [worst] = rows;
  if (!worst) return missing(net, at, sought, all, has);
  const link = routePath(net, worst);
  const said = worst.statusMessage === '' ? '' : ` It says: ${serverWords(worst.statusMessage)}.`;
  const passes = (has?.length ?? 0) > 0;
  const age = worst.lastUpdated ? now.getTime() - worst.lastUpdated.getTime() : 0;
  const remedies = renewals(net, at, sought);
  switch (worst.status) {
    case 'applied':
      return { state: 'good', detail: `Applied, towards ${worst.destination}.${said}`, link };
    case 'failed':
      return {
        state: passes ? 'good' : 'wrong',
        detail: `Failed.${said}${passes ? ' The node has it all the same.' : ''}`,
        link,
        remedies: passes ? [] : remedies,
      };
    case 'pending': {
      const stuck = age > stuckMs;
      return {
        state: passes ? 'good' : 'wrong',
        detail: `${stuck ? 'Pending for more than a minute, which is what a reconciliation takes' : 'Pending: it is being sent to the node'}.${said}${passes ? ' The node has it already.' : ''}`,
        link,
        remedies: passes
          ? []
          : stuck
            ? remedies
            : [{ title: 'Look again in a minute: the control plane reconciles every 60 seconds.' }],
      };
    }
    case 'stale':
      return {
        state: passes ? 'good' : 'unknown',
        detail: `Stale: the control plane says that it may no longer hold.${said}${passes ? ' The node has it.' : ''}`,
        link,
        remedies: passes ? [] : remedies,
      };
    default:
      return {
        state: passes ? 'good' : 'unknown',
        detail: `The control plane does not say whether it was applied.${said}`,
        link,
      };
  }
}

function missing(net: Net, at: At, sought: Sought, all: readonly RouteRow[], has: Has): Told {
  const link = query('/network', { tab: 'routes', q: sought.name, cp: net.name });
  if ((has?.length ?? 0) > 0)
    return {
      state: 'good',
      detail:
        'The control plane lists none, and the node has one: a leftover, which goes when the node starts anew.',
      link,
    };
  const template = all.find(({ source, destination }) => source === '*' && destination === at.last);
  if (template)
    return {
      state: 'wrong',
      detail: `The control plane has the name on ${at.last}, and made no route of it for ${at.node}.`,
      link: routePath(net, template),
      remedies: renewals(net, at, sought),
    };
  if (sought.channel)
    return {
      state: 'wrong',
      detail: `${at.last} has not subscribed to the channel: no session of a member there is up.`,
      link,
      remedies: [
        {
          title:
            'See that the member has taken its invitation: remove it and invite it again, or let it rejoin.',
        },
      ],
    };
  return {
    state: 'wrong',
    detail: `${net.name} has no route to it: it was not told that the name is on ${at.last}.`,
    link,
    remedies: [
      { title: `Start ${at.last} anew, or the application: the node announces its names as it registers.` },
    ],
  };
}

/** Known of databases of routes: they say applied, and the node has nothing. */
function told(net: Net, at: At, sought: Sought, has: Has): Told {
  const link = query('/network', { open: 'node', id: at.node, on: net.name });
  if (has === undefined) return { state: 'unknown', detail: silence(net, at.node), link };
  const [first] = has;
  if (first) {
    const over = first.connections.find(({ peerNode }) => peerNode === at.next) ?? first.connections[0];
    return {
      state: 'good',
      detail: `The node has it${over && over.peerNode !== '' ? `, by way of ${over.peerNode}` : ''}.`,
      link,
    };
  }
  const says = net
    .rows(sought.name, sought.instance)
    .some((row) => row.source === at.node && row.status === 'applied');
  return {
    state: 'wrong',
    detail: says
      ? 'The control plane says that it is applied, and the node does not have it: messages end here.'
      : 'The node does not have it.',
    link,
    remedies: renewals(net, at, sought),
  };
}

/** The last node must have the application itself. */
function held(net: Net, node: string, { name, instance, label, channel }: Sought): Step {
  const base = {
    kind: 'node-truth' as const,
    title: channel ? `A member’s connection on ${node}` : `Connection to ${label} on ${node}`,
    nodes: [node],
    link: query('/network', { open: 'node', id: node, on: net.name }),
  };
  const rows = net.on(node, name, instance);
  if (rows === undefined) return { ...base, state: 'unknown', detail: silence(net, node) };
  if (rows.some(({ connections }) => connections.some((one) => net.local(one))))
    return { ...base, state: 'good', detail: `${node} hands it over to an application of its own.` };
  return {
    ...base,
    state: 'wrong',
    detail: channel
      ? `No application on ${node} has the channel: no session of a member there is up.`
      : `${node} has no connection to it: the application has stopped, or lost its node.`,
    remedies: [{ title: 'Start the application again; where it was a member, invite it again.' }],
  };
}

function silence(net: Net, node: string): string {
  const says = net.says(node);
  if (says && says.reason !== '') return `${node} did not answer. ${says.reason}`;
  if (!net.nodes.has(node)) return `${net.name} knows no node ${node} now.`;
  return (
    net.copy.connection.link.lacks('node-routes.read') || 'The node was not asked: too many are looked at.'
  );
}

/** Where the page of networks shows a route. */
function routePath({ name: on }: Net, { source, destination, name, instance }: RouteRow): string {
  const id = [source, destination, name, instance]
    .map((part) => part.replaceAll('%', '%25').replaceAll('>', '%3E'))
    .join('>');
  return query('/network', { open: 'route', id, on });
}
