import type { NetworkNode, NodeConnection } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import {
  Button,
  CommandBox,
  CopyButton,
  DetailPanel,
  ErrorState,
  formatCount,
  Mono,
  NameText,
  proseText,
  Skeleton,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { StateChip } from './columns.tsx';
import { Notes } from './lists.tsx';
import type { Task } from './NetworkTask.tsx';
import type { Change } from './NetworkTools.tsx';
import { useLinksOf, useNode, useNodeConnections } from './queries.ts';
import { linkKey, type Opened } from './search.ts';
import { type Ability, kindOf, linkStatus, nodeStatus, plural } from './words.ts';

interface Props {
  at: Opened;
  /** Why this cannot be changed on that connection; undefined when it can. */
  problem: (ability: Ability, connection: string) => string | undefined;
  onChange: Change;
  onTask: (task: Task) => void;
  onClose: () => void;
}

/** A node: how it is reached, what it is connected to, its routes and links. */
export function NodeDetail({ at, problem, onChange, onTask, onClose }: Props) {
  const { node, error, loading, retry } = useNode(at.connection, at.id);
  // A link may name a node without the connection that tells of it.
  const connection = node?.connection ?? at.connection;
  return (
    <DetailPanel
      kind={node?.direct ? 'Node, directly' : kindOf('Node', connection)}
      title={
        <span className="copy-line">
          <Mono>{at.id}</Mono>
          <CopyButton text={at.id} label="Copy node" />
        </span>
      }
      state={node && <StateChip words={nodeStatus(node)} />}
      onClose={onClose}
      actions={
        node &&
        !node.direct && (
          <>
            <Button
              disabledReason={problem('routes.write', connection)}
              onClick={() => onTask({ task: 'route-add', connection, node: at.id })}
            >
              Add a route…
            </Button>
            <Button
              disabledReason={problem('connections.write', connection)}
              onClick={() => onTask({ task: 'connection-create', connection, node: at.id })}
            >
              Connect it…
            </Button>
            <span className="grow" />
            <Button
              className="btn-delete"
              disabledReason={problem('nodes.deregister', connection)}
              onClick={() => onTask({ task: 'node-deregister', connection, node: at.id })}
            >
              Deregister…
            </Button>
          </>
        )
      }
    >
      {node ? (
        <Facts node={node} onChange={onChange} />
      ) : error ? (
        <ErrorState error={error} retry={retry} />
      ) : loading ? (
        <Skeleton rows={6} />
      ) : (
        <p>No node of this name is known any more.</p>
      )}
    </DetailPanel>
  );
}

function Facts({ node, onChange }: { node: NetworkNode; onChange: Change }) {
  const { connection, id, domain, routes } = node;
  const links = useLinksOf(connection, id);
  return (
    <>
      <Notes warnings={node.warnings} />
      {node.statusReason && <p>{proseText(node.statusReason)}</p>}
      <dl className="facts">
        {!node.direct && (
          <>
            <dt>Domain</dt>
            <dd>{domain ? <NameText name={domain} /> : 'none'}</dd>
          </>
        )}
        <dt>Seen so since</dt>
        <dd>
          <TimeAgo at={toDate(node.statusSince)} />
          <div className="small">by Muster’s own readings: nothing else keeps a history</div>
        </dd>
        {node.status !== 'connected' && (
          <>
            <dt>Last connected</dt>
            <dd>
              <TimeAgo at={toDate(node.lastSeen)} none="not seen by these readings" />
            </dd>
          </>
        )}
        <dt>Has routes</dt>
        <dd>{routes === undefined ? 'not read: see above' : `${formatCount(routes)} names`}</dd>
      </dl>
      <nav className="network-links" aria-label="Routes of this node">
        <Link to="/network" search={{ tab: 'routes', source: id, cp: connection }}>
          Routes from here
        </Link>
        {!node.direct && (
          <>
            <Link to="/network" search={{ tab: 'routes', dest: id, cp: connection }}>
              Routes to here
            </Link>
            <Link to="/network" search={{ tab: 'routes', source: id, truth: 'lost', cp: connection }}>
              Lost here
            </Link>
          </>
        )}
      </nav>
      <section>
        <h3>Endpoints</h3>
        {node.endpoints.length === 0 && <p className="small">It announced none.</p>}
        {node.endpoints.map((end) => (
          <dl className="facts network-card" key={`${end.endpoint} ${end.externalEndpoint}`}>
            <dt>Listens at</dt>
            <dd>{end.endpoint ? <Mono>{end.endpoint}</Mono> : 'not told'}</dd>
            <dt>From outside</dt>
            <dd>
              {end.externalEndpoint ? (
                <Mono>{end.externalEndpoint}</Mono>
              ) : node.direct ? (
                'not told: a node announces it to its control plane only'
              ) : node.domain ? (
                'not announced: no other domain can dial it'
              ) : (
                'not told'
              )}
            </dd>
            <dt>TLS</dt>
            <dd>{end.tlsRequired ? 'required' : 'not required'}</dd>
            <dt>Authentication</dt>
            <dd>
              {end.auth ? <NameText name={end.auth} /> : 'not told'}
              {end.spireTrustDomain && (
                <>
                  , <NameText name={end.spireTrustDomain} />
                </>
              )}
            </dd>
          </dl>
        ))}
      </section>
      {!node.direct && (
        <section>
          <h3>Links</h3>
          {links?.length === 0 && <p className="small">None.</p>}
          <ul className="network-list">
            {links?.map((link) => (
              <li key={linkKey(link)}>
                <button
                  type="button"
                  className="network-open"
                  onClick={() => onChange({ open: 'link', id: linkKey(link), on: connection })}
                >
                  <Mono>{link.source === id ? link.destination : link.source}</Mono>
                </button>
                <StateChip words={linkStatus(link)} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <Connections node={node} />
    </>
  );
}

/** Asked of the node while it is looked at. */
function Connections({ node: { connection, id, status } }: { node: NetworkNode }) {
  const away = status === 'not-connected';
  const found = useNodeConnections(connection, id, !away);
  return (
    <section className="stack">
      <h3>Connections, asked of the node now</h3>
      {away ? (
        <p className="small">It cannot be asked: it is not connected to its control plane.</p>
      ) : found.data ? (
        <>
          <div className="small">
            {plural(found.data.connections.length, 'connection')}, <TimeAgo at={toDate(found.data.asOf)} />
          </div>
          <ul className="network-list">
            {found.data.connections.map((one) => (
              <ConnectionRow key={one.id} one={one} />
            ))}
          </ul>
          {found.data.command && <CommandBox command={found.data.command} />}
        </>
      ) : found.error ? (
        <ErrorState error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Skeleton rows={2} />
      )}
    </section>
  );
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['local', 'an application'],
  ['remote', 'another node'],
  ['peer', 'a node of its domain'],
  // An application that connected from outside is one too; only a control plane names a node by its domain.
  ['edge', 'an application, or a node of another domain'],
]);

function ConnectionRow({ one }: { one: NodeConnection }) {
  const to = one.peerNode || one.endpoint;
  return (
    <li>
      <span>
        {one.type === 'edge' && one.peerNode.includes('/')
          ? 'a node of another domain'
          : (TYPES.get(one.type) ?? escapeText(one.type))}
        {to && (
          <>
            {' '}
            <Mono>{to}</Mono>
          </>
        )}
      </span>
      <span className="small">
        {[escapeText(one.direction), `connection ${escapeText(one.id)}`].filter(Boolean).join(' · ')}
      </span>
    </li>
  );
}
