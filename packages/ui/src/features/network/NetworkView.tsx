import type { ControlPlane } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import {
  Age,
  Button,
  CopyButton,
  CopyLink,
  EmptyState,
  ErrorState,
  ListKeys,
  Page,
  proseText,
  Skeleton,
  Tabs,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import type { Task } from './NetworkTask.tsx';
import type { ListTab, Tab } from './search.ts';
import { type Ability, plural } from './words.ts';
import './network.css';

interface Props {
  tab: Tab;
  planes: readonly ControlPlane[] | undefined;
  error: unknown;
  retry: () => void;
  /** Why nothing here can change this; undefined where something can. */
  none: (ability: Ability) => string | undefined;
  onTab: (tab: Tab) => void;
  onTask: (task: Task) => void;
  onExport: (list: ListTab) => void;
  detail: ReactNode;
  /** What the tab shows. */
  children: ReactNode;
}

/** SLIM networks as their control planes tell them. */
export function NetworkView(props: Props) {
  const { tab, planes, error, retry, none, onTab, onTask, onExport, detail, children } = props;
  const empty = planes?.length === 0;
  return (
    <Page
      title="Network"
      count={planes && !empty && <Planes planes={planes} />}
      actions={
        !empty && (
          <>
            {(tab === 'nodes' || tab === 'routes' || tab === 'links') && (
              <Button onClick={() => onExport(tab)}>Export…</Button>
            )}
            <Special tab={tab} none={none} onTask={onTask} />
            {tab !== 'nodes' && tab !== 'routes' && (
              <Button
                variant="primary"
                disabledReason={none('topology.write')}
                onClick={() => onTask({ task: 'link-add' })}
              >
                Link two domains…
              </Button>
            )}
          </>
        )
      }
      detail={detail}
      footer={
        !empty && (
          <>
            {tab === 'map' ? (
              <ListKeys move="Tab from part to part" />
            ) : (
              <ListKeys more={tab === 'segments' ? [] : ['/ search']} />
            )}
            <span className="grow" />
            <CopyLink />
          </>
        )
      }
    >
      {error ? (
        <ErrorState error={error} retry={retry} />
      ) : empty ? (
        <NoPlane />
      ) : !planes ? (
        <Skeleton rows={8} />
      ) : (
        <>
          <Unread planes={planes} />
          <Tabs
            label="Network"
            tabs={[
              { id: 'map', label: 'Map' },
              { id: 'nodes', label: 'Nodes', count: planes.reduce((sum, { nodes }) => sum + nodes, 0) },
              { id: 'routes', label: 'Routes' },
              { id: 'links', label: 'Links' },
              { id: 'segments', label: 'Segments' },
            ]}
            selected={tab}
            onSelect={onTab}
          >
            {children}
          </Tabs>
        </>
      )}
    </Page>
  );
}

/** What is made where one looks: nodes are connected by hand, and routes written, up to 1.4. */
function Special({ tab, none, onTask }: Pick<Props, 'tab' | 'none' | 'onTask'>) {
  if (tab === 'nodes')
    return (
      <Button
        disabledReason={none('connections.write')}
        onClick={() => onTask({ task: 'connection-create' })}
      >
        Connect a node…
      </Button>
    );
  if (tab === 'routes')
    return (
      <Button disabledReason={none('routes.write')} onClick={() => onTask({ task: 'route-add' })}>
        Add a route…
      </Button>
    );
  if (tab === 'links') return null;
  return (
    <Button disabledReason={none('topology.write')} onClick={() => onTask({ task: 'segment-add' })}>
      New segment…
    </Button>
  );
}

/** What speaks, and the age of the oldest copy. */
function Planes({ planes }: { planes: readonly ControlPlane[] }) {
  const [first] = planes.toSorted(
    (a, b) => Number(a.freshness?.asOf?.seconds ?? 0n) - Number(b.freshness?.asOf?.seconds ?? 0n),
  );
  return (
    <>
      {planes.length === 1 && first
        ? first.generation
          ? `${first.direct ? 'node, directly,' : 'control plane'} ${proseText(first.generation)}`
          : escapeText(first.connection)
        : several(planes)}{' '}
      · <Age freshness={first?.freshness} />
    </>
  );
}

function several(planes: readonly ControlPlane[]): string {
  const nodes = planes.filter(({ direct }) => direct).length;
  return [
    planes.length > nodes && plural(planes.length - nodes, 'control plane'),
    nodes > 0 && `${plural(nodes, 'node')}, directly`,
  ]
    .filter(Boolean)
    .join(' and ');
}

/** Control planes whose part may be old or missing, each with its reason. */
function Unread({ planes }: { planes: readonly ControlPlane[] }) {
  const stale = planes.filter(({ freshness }) => freshness?.staleReason);
  if (stale.length === 0) return null;
  return (
    <ul className="unread plan-warning" role="status">
      {stale.map(({ connection, freshness }) => (
        <li key={connection}>
          <Link to="/connections" search={{ name: connection }}>
            {escapeText(connection)}
          </Link>{' '}
          cannot be read now. {proseText(freshness?.staleReason ?? '')}{' '}
          {freshness?.asOf ? (
            <>
              What is shown of it is <TimeAgo at={toDate(freshness.asOf)} prefix="as of" />.
            </>
          ) : (
            'Nothing of it was read yet.'
          )}
        </li>
      ))}
    </ul>
  );
}

const SNIPPET = `connections:
  - name: control-plane
    kind: slim-control-plane
    address: http://127.0.0.1:50051
`;

function NoPlane() {
  return (
    <EmptyState title="No control plane is connected">
      <p>
        Nodes, routes, links and segments of a SLIM network are here once muster.yaml names its control plane:
      </p>
      <div className="cmd network-snippet">
        <div className="cmd-line">
          <pre>{SNIPPET}</pre>
          <CopyButton text={SNIPPET} label="Copy configuration" />
        </div>
      </div>
      <p>Muster finds out by reading only which generation it is, from 0.0 to 3.4.</p>
    </EmptyState>
  );
}
