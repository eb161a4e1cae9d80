import { Code, ConnectError } from '@connectrpc/connect';
import { Severity } from '@muster/api';
import { controllerCommand } from '../upstream/control-plane/commands.ts';
import { warn } from '../views/entry-warnings.ts';
import type { Action } from './action.ts';
import { connectionName, networkTarget, readPlane, topologyName } from './network-target.ts';
import { applyThenLook } from './plane-change.ts';
import { listedNames } from './listed-names.ts';
import { change, count, fieldChange } from './results.ts';

interface Input {
  connection?: string;
  name: string;
}

/**
 * ControlPlaneService.RemoveDomain: every node of it is dropped. One that is not there goes well too, so it is refused
 * here.
 */
export const domainRemove: Action<Input> = {
  name: 'domain.remove',
  title: 'Remove a domain',
  role: 'administrator',
  inverse: '',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: { connection: connectionName, name: topologyName },
  },
  async plan({ connection, name }, context) {
    const target = networkTarget(context, connection, 'domains.write');
    const { copy } = target;
    const read = () => readPlane(target, (plane) => plane.domains());
    const all = await read();
    const domain = all.find((one) => one.name === name);
    if (!domain)
      throw new ConnectError(
        `name: ${target.name} has no domain ${name}; it has: ${listedNames(all.map((one) => one.name))}.`,
        Code.NotFound,
      );
    const nodes = [...domain.nodes].toSorted();
    const own = new Set(nodes);
    const routes = copy.routes.rows.filter(
      ({ source, destination, status }) =>
        status === 'applied' && source !== '*' && (own.has(source) || own.has(destination)),
    ).length;
    const wanted = (await readPlane(target, (plane) => plane.segments())).filter(({ edges }) =>
      edges.some(({ a, b }) => a === name || b === name),
    );
    return {
      title: `Remove domain ${name}`,
      target: target.target,
      changes: [
        change(
          'delete',
          'domain',
          name,
          target.name,
          nodes.slice(0, 50).map((node) => fieldChange('Node', node, '')),
        ),
      ],
      effects: [
        ...dropping(nodes, routes),
        ...(wanted.length === 0
          ? []
          : [
              `${listedNames(wanted.map((one) => one.name))} ${wanted.length === 1 ? 'keeps its links' : 'keep their links'} to it, pending.`,
            ]),
      ],
      warnings: [
        ...(nodes.length > 0
          ? [
              warn(
                'drops-nodes',
                `${count(nodes.length, 'connected node is', 'connected nodes are')} dropped.`,
              ),
            ]
          : []),
        warn(
          'needs-secrets',
          'It works where the control plane admits domains by secrets (registration_auth: shared_secret). One that does not refuses it, and nothing changes.',
          Severity.INFO,
        ),
      ],
      commands: [controllerCommand(target.config, ['domain', 'remove', name])],
      destructive: true,
      before: nodes,
      check: async () => {
        const now = (await read()).find((one) => one.name === name);
        if (!now) return `domain ${name} was removed`;
        return now.nodes.toSorted().join('\n') === nodes.join('\n')
          ? ''
          : `the nodes of domain ${name} changed`;
      },
      apply: () =>
        applyThenLook(target, {
          item: name,
          run: (plane) => plane.removeDomain(name),
          look: async (plane) => ((await plane.domains()).some((one) => one.name === name) ? undefined : ''),
          unseen:
            'It was taken, and the control plane still lists the domain: a node of it may have come back.',
        }),
      // Its secret is not told.
      inverseInput: () => undefined,
    };
  },
};

/** What it means for the nodes that are connected now. */
function dropping(nodes: readonly string[], routes: number): string[] {
  if (nodes.length === 0) return ['No node of it is connected now; none can register any more.'];
  const named = listedNames(nodes.slice(0, 5));
  const more = nodes.length > 5 ? `, and ${nodes.length - 5} more` : '';
  return [
    `${count(nodes.length, 'node is', 'nodes are')} dropped: ${named}${more}.`,
    ...(routes === 0
      ? []
      : [
          `${count(routes, 'route goes', 'routes go')} with ${nodes.length === 1 ? 'it' : 'them'}: other nodes no longer reach who runs there.`,
        ]),
    'A node of 3.4 does not notice that it was dropped, and does not register again by itself: once its domain is admitted again it has to be restarted.',
  ];
}
