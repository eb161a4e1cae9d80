import type { NetworkLink, NetworkNode, Route } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import {
  Chip,
  type Column,
  formatCount,
  Mono,
  NameText,
  proseText,
  TimeAgo,
  toDate,
  Tooltip,
} from '../../components/index.ts';
import { linkStatus, nodeStatus, routeStatus, routeTruth, shortInstance, type Words } from './words.ts';

export const StateChip = ({ words: { tone, word, reason } }: { words: Words }) => (
  <Chip tone={tone} reason={reason}>
    {word}
  </Chip>
);

/** A name in a cell: what goes where there is no room is its beginning, never its last part. */
function Cut({ text }: { text: string }) {
  const at = text.lastIndexOf('/');
  return (
    <span className="network-cut" title={escapeText(text)}>
      {at > 0 && <Mono>{text.slice(0, at)}</Mono>}
      <Mono>{text.slice(Math.max(at, 0))}</Mono>
    </span>
  );
}

/** An end of a route: a node, every node, or an address. */
export function End({ node, endpoint = '' }: { node: string; endpoint?: string }) {
  if (node === '*')
    return (
      <Tooltip content="A template: it is expanded to a route of every node.">
        <span className="network-quiet">every node</span>
      </Tooltip>
    );
  if (node || endpoint) return <Cut text={node || endpoint} />;
  return <span className="network-quiet">not told</span>;
}

/** The name of an application, and the instance of it. */
export function AppName({ name, instance }: { name: string; instance: string }) {
  return (
    <span className="network-app">
      {name ? <Cut text={name} /> : <span className="network-quiet">name not told</span>}
      {instance && (
        <span className="network-quiet mono" title={`Instance ${proseText(instance)}`}>
          {shortInstance(instance)}
        </span>
      )}
    </span>
  );
}

export const ROUTE_COLUMNS: readonly Column<Route>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(0, 32fr)',
    sortable: true,
    render: ({ name, instance }) => <AppName name={name} instance={instance} />,
  },
  {
    id: 'source',
    header: 'From',
    width: 'minmax(0, 20fr)',
    sortable: true,
    from: 480,
    render: ({ source }) => <End node={source} />,
  },
  {
    id: 'destination',
    header: 'To',
    width: 'minmax(0, 20fr)',
    sortable: true,
    from: 560,
    render: ({ destination, destinationEndpoint }) => (
      <End node={destination} endpoint={destinationEndpoint} />
    ),
  },
  {
    id: 'status',
    header: 'Status',
    width: '96px',
    sortable: true,
    render: (route) => <StateChip words={routeStatus(route)} />,
  },
  {
    id: 'truth',
    header: 'On the node',
    width: '134px',
    render: (route) => <StateChip words={routeTruth(route)} />,
  },
  {
    id: 'link',
    header: 'Over link',
    width: 'minmax(0, 22fr)',
    from: 1300,
    render: ({ linkId }) => (linkId ? <Cut text={linkId} /> : <span className="network-quiet">none</span>),
  },
  {
    id: 'updated',
    header: 'Updated',
    width: '112px',
    sortable: true,
    from: 820,
    render: ({ lastUpdated }) => <TimeAgo at={toDate(lastUpdated)} none="not told" />,
  },
];

export const NODE_COLUMNS: readonly Column<NetworkNode>[] = [
  { id: 'id', header: 'Node', width: 'minmax(0, 30fr)', render: ({ id }) => <Cut text={id} /> },
  {
    id: 'domain',
    header: 'Domain',
    width: 'minmax(0, 16fr)',
    from: 560,
    render: ({ domain, direct }) =>
      domain ? (
        <NameText name={domain} />
      ) : direct ? (
        <Tooltip content="Read at its own controller API, without a control plane: it does not tell its domain.">
          <span className="network-quiet">node, directly</span>
        </Tooltip>
      ) : (
        <span className="network-quiet">none</span>
      ),
  },
  {
    id: 'external',
    header: 'Reached by other domains at',
    width: 'minmax(0, 30fr)',
    from: 700,
    render: (node) => <External node={node} />,
  },
  {
    id: 'connection',
    header: 'Told by',
    width: 'minmax(0, 16fr)',
    from: 900,
    render: ({ connection }) => <NameText name={connection} />,
  },
  {
    id: 'routes',
    header: 'Routes',
    width: '76px',
    align: 'end',
    from: 820,
    render: ({ routes }) => (routes === undefined ? '–' : formatCount(routes)),
  },
  {
    id: 'links',
    header: 'Links',
    width: '66px',
    align: 'end',
    from: 820,
    render: ({ links }) => (links === undefined ? '–' : formatCount(links)),
  },
  {
    id: 'since',
    header: 'Seen so since',
    width: '118px',
    from: 960,
    render: ({ statusSince }) => <TimeAgo at={toDate(statusSince)} />,
  },
  {
    id: 'status',
    header: 'Status',
    width: '138px',
    render: (node) => <StateChip words={nodeStatus(node)} />,
  },
];

export function External({ node }: { node: NetworkNode }) {
  const ends = node.endpoints.flatMap(({ externalEndpoint }) => externalEndpoint || []);
  if (ends.length > 0)
    return (
      <span className="network-app">
        <Cut text={ends[0] ?? ''} />
        {ends.length > 1 && <span className="network-quiet">and {ends.length - 1} more</span>}
      </span>
    );
  const warning = node.warnings.find(({ code }) => code === 'no-external-endpoint');
  if (!warning) return <span className="network-quiet">not told</span>;
  return (
    <Chip tone="warn" reason={proseText(warning.text)}>
      cannot be linked
    </Chip>
  );
}

export const LINK_COLUMNS: readonly Column<NetworkLink>[] = [
  {
    id: 'source',
    header: 'Between',
    width: 'minmax(0, 20fr)',
    render: ({ source }) => <Cut text={source} />,
  },
  {
    id: 'destination',
    header: 'and',
    width: 'minmax(0, 20fr)',
    render: ({ destination }) => <Cut text={destination} />,
  },
  {
    id: 'endpoint',
    header: 'Dialled at',
    width: 'minmax(0, 26fr)',
    from: 820,
    render: ({ destinationEndpoint }) =>
      destinationEndpoint ? (
        <Cut text={destinationEndpoint} />
      ) : (
        <span className="network-quiet">not told</span>
      ),
  },
  {
    id: 'segments',
    header: 'Segments',
    width: 'minmax(0, 16fr)',
    from: 640,
    render: ({ segments }) =>
      segments.length > 0 ? (
        <NameText name={segments.join(', ')} />
      ) : (
        <span className="network-quiet">within its domain</span>
      ),
  },
  {
    id: 'changes',
    header: 'Changes seen',
    width: '104px',
    align: 'end',
    from: 1000,
    render: ({ changes }) => formatCount(changes),
  },
  {
    id: 'updated',
    header: 'Updated',
    width: '112px',
    from: 720,
    render: ({ lastUpdated }) => <TimeAgo at={toDate(lastUpdated)} none="not told" />,
  },
  {
    id: 'status',
    header: 'Status',
    width: '96px',
    render: (link) => <StateChip words={linkStatus(link)} />,
  },
];
