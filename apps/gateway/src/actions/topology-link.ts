import { Code, ConnectError } from '@connectrpc/connect';
import { ItemOutcome } from '@muster/api';
import { controllerCommand } from '../upstream/control-plane/commands.ts';
import { warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { Action, ActionContext } from './action.ts';
import {
  applyOne,
  connectionName,
  joins,
  networkTarget,
  readPlane,
  routesBetween,
  topologyName,
} from './network-target.ts';
import { listedNames } from './listed-names.ts';
import { change, count, fieldChange } from './results.ts';

interface Input {
  connection?: string;
  segment: string;
  domain_a: string;
  domain_b: string;
}

const inputSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['segment', 'domain_a', 'domain_b'],
  properties: {
    connection: connectionName,
    segment: topologyName,
    domain_a: topologyName,
    domain_b: topologyName,
  },
};

async function readTopology(input: Input, context: ActionContext) {
  const target = networkTarget(context, input.connection, 'topology.write');
  if (input.domain_a === input.domain_b) throw badInput('domain_b', 'a domain is not linked to itself.');
  const read = () => readPlane(target, (plane) => plane.segments());
  const all = await read();
  const segment = all.find(({ name }) => name === input.segment);
  if (!segment)
    throw new ConnectError(
      `segment: ${target.name} has no segment ${input.segment}; it has: ${listedNames(all.map(({ name }) => name))}. Add it first.`,
      Code.NotFound,
    );
  /** Empty while the segment has the link (`wanted`), or while it has not. */
  const check = (wanted: boolean) => async (): Promise<string> => {
    const now = (await read()).find(({ name }) => name === input.segment);
    if (!now) return `segment ${input.segment} was removed`;
    if (joins(now.edges, input.domain_a, input.domain_b) === wanted) return '';
    return `the link was ${wanted ? 'removed' : 'added'}`;
  };
  return { target, all, segment, check };
}

const named = ({ domain_a, domain_b }: Input): string => `${domain_a} and ${domain_b}`;
const again = (name: string, { segment, domain_a, domain_b }: Input) => ({
  connection: name,
  segment,
  domain_a,
  domain_b,
});

/** ControlPlaneService.AddTopologyLink, 2.0–3.4. */
export const linkAdd: Action<Input> = {
  name: 'link.add',
  title: 'Link two domains',
  role: 'operator',
  inverse: 'link.remove',
  inputSchema,
  async plan(input, context) {
    const { target, segment, check } = await readTopology(input, context);
    const { domain_a: a, domain_b: b } = input;
    if (joins(segment.edges, a, b))
      throw new ConnectError(`segment: ${segment.name} links ${a} and ${b} already.`, Code.AlreadyExists);
    const nodes = await readPlane(target, (plane) => plane.nodes());
    const of = (domain: string) =>
      nodes.filter((node) => node.domain === domain && node.status !== 'not-connected');
    const empty = [a, b].filter((domain) => of(domain).length === 0);
    const closed = [a, b].filter(
      (domain) =>
        of(domain).length > 0 &&
        !of(domain).some(({ endpoints }) => endpoints.some(({ external }) => external !== '')),
    );
    return {
      title: `Link ${a} and ${b}`,
      target: target.target,
      changes: [
        change('create', 'link', named(input), target.name, [fieldChange('Segment', '', segment.name)]),
      ],
      effects: [
        empty.length > 0
          ? 'It stays pending until both domains have a node.'
          : `Nodes of ${a} and ${b} are connected, and every name of one becomes reachable from the other.`,
      ],
      warnings: [
        ...empty.map((domain) =>
          warn('unknown-domain', `No connected node is of domain ${domain}. Check its spelling.`),
        ),
        ...(closed.length === 2
          ? [
              warn(
                'no-external-endpoint',
                'No node of either domain announces an external endpoint: neither side can dial the other.',
              ),
            ]
          : []),
      ],
      commands: [controllerCommand(target.config, ['link', 'add', '--segment', segment.name, a, b])],
      destructive: false,
      before: segment,
      check: check(false),
      apply: () => applyOne(target, named(input), (plane) => plane.addLink(a, b, segment.name)),
      inverseInput: ([result]) =>
        result?.outcome === ItemOutcome.DONE ? again(target.name, input) : undefined,
    };
  },
};

/** ControlPlaneService.RemoveTopologyLink. Two segments that want the same link share it. */
export const linkRemove: Action<Input> = {
  name: 'link.remove',
  title: 'Remove a link between domains',
  role: 'operator',
  inverse: 'link.add',
  inputSchema,
  async plan(input, context) {
    const { target, all, segment, check } = await readTopology(input, context);
    const { domain_a: a, domain_b: b } = input;
    if (!joins(segment.edges, a, b))
      throw new ConnectError(
        `segment: ${segment.name} does not link ${a} and ${b}; it links: ${listedNames(segment.edges.map((edge) => `${edge.a} – ${edge.b}`))}.`,
        Code.NotFound,
      );
    const sharing = all
      .filter((other) => other.name !== segment.name && joins(other.edges, a, b))
      .map(({ name }) => name);
    const routes = sharing.length > 0 ? 0 : routesBetween(target, a, b);
    // It is stored in one direction, and only that one is found.
    const stored = segment.edges.find((edge) => edge.a === a && edge.b === b) ? [a, b] : [b, a];
    const [first = a, second = b] = stored;
    return {
      title: `Remove the link between ${a} and ${b}`,
      target: target.target,
      changes: [
        change('delete', 'link', named(input), target.name, [fieldChange('Segment', segment.name, '')]),
      ],
      effects: [
        sharing.length > 0
          ? `Nothing is cut: ${listedNames(sharing)} ${sharing.length === 1 ? 'wants' : 'want'} the same link.`
          : `${a} and ${b} are cut from each other where no other way is left, and ${count(routes, 'route', 'routes')} with them: members on one side no longer hear those on the other.`,
      ],
      warnings:
        routes > 0
          ? [warn('cuts-routes', `${count(routes, 'applied route goes', 'applied routes go')} over it.`)]
          : [],
      commands: [
        controllerCommand(target.config, ['link', 'remove', '--segment', segment.name, first, second]),
      ],
      destructive: true,
      before: segment,
      check: check(true),
      apply: () => applyOne(target, named(input), (plane) => plane.removeLink(first, second, segment.name)),
      inverseInput: ([result]) =>
        result?.outcome === ItemOutcome.DONE
          ? again(target.name, { ...input, domain_a: first, domain_b: second })
          : undefined,
    };
  },
};
