import type { Net } from './net.ts';
import type { Sought } from './sought.ts';
import type { Remedy } from './step.ts';

interface To {
  node: string;
  last: string;
}

/** Ways to have a node given its routes anew: no call sends again what a database takes for applied. */
export function renewals(net: Net, { node, last }: To, sought: Sought): Remedy[] {
  const { connection } = net.copy;
  if (connection.link.lacks('routes.write') === '') return written(net, { node, last }, sought);
  const restart: Remedy = {
    title: `Start ${node} anew: it registers, and is given its routes.`,
  };
  if (connection.link.lacks('topology.write') !== '') return [restart];
  const [a, b] = [net.domainOf(node), net.domainOf(last)];
  const segment = net.copy.segments.find(({ edges }) =>
    edges.some((edge) => (edge.a === a && edge.b === b) || (edge.a === b && edge.b === a)),
  );
  if (a === b || !segment) return [restart];
  const input = { connection: net.name, segment: segment.name, domain_a: a, domain_b: b };
  return [
    restart,
    {
      title: `Or remove the link between ${a} and ${b}, and add it again`,
      action: 'link.remove',
      input,
    },
  ];
}

/** Up to 1.4 routes are written by hand. */
function written(net: Net, { node, last }: To, { name, instance }: Sought): Remedy[] {
  const link = `/network?${new URLSearchParams({ tab: 'routes', cp: net.name, q: name }).toString()}`;
  const { generation } = net.copy.connection.link.up ? net.copy.connection.plane : { generation: 'a' };
  // Before 0.6 a route goes over a connection, which a person has to choose.
  if (generation === 'a' || !/^\d*$/u.test(instance))
    return [{ title: `Write a route to ${name} on ${node}, over a connection to ${last}.`, link }];
  const input = {
    connection: net.name,
    node,
    name,
    to: last,
    ...(instance === '' ? {} : { instance }),
  };
  // One that is listed cannot be added: it has to go first.
  const listed = net
    .rows(name, instance)
    .some(({ source, destination }) => source === node && destination === last);
  return listed
    ? [
        {
          title: `Remove the route to ${name} on ${node}, and add it again`,
          action: 'route.remove',
          input,
        },
      ]
    : [{ title: `Add the route to ${name} on ${node}, to ${last}`, action: 'route.add', input }];
}
