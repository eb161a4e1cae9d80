import { type Route, RouteStatus } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  Button,
  CopyButton,
  DetailPanel,
  ErrorState,
  Mono,
  proseText,
  Skeleton,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { AppName, End, StateChip } from './columns.tsx';
import type { Task } from './NetworkTask.tsx';
import type { Change } from './NetworkTools.tsx';
import { useLink, useNode, useRoute } from './queries.ts';
import { linkKey, type Opened } from './search.ts';
import {
  type Ability,
  kindOf,
  linkStatus,
  nodeStatus,
  routeAdvice,
  routeStatus,
  routeTruth,
  type Words,
} from './words.ts';

interface Props {
  at: Opened;
  /** Why this cannot be changed on that connection; undefined when it can. */
  problem: (ability: Ability, connection: string) => string | undefined;
  onChange: Change;
  onTask: (task: Task) => void;
  onClose: () => void;
}

/** A route: hop by hop, what is said of it, what is true, and what to do. */
export function RouteDetail({ at, problem, onChange, onTask, onClose }: Props) {
  const { route, error, loading, retry } = useRoute(at.connection, at.id);
  // A link may name a route without the connection that tells of it.
  const connection = route?.connection ?? at.connection;
  return (
    <DetailPanel
      kind={kindOf('Route', connection)}
      title={route ? <Mono>{route.name || 'name not told'}</Mono> : 'Route'}
      state={
        route && (
          <>
            <StateChip words={routeStatus(route)} />
            <StateChip words={routeTruth(route)} />
          </>
        )
      }
      onClose={onClose}
      actions={
        route && (
          <>
            <span className="grow" />
            <Button
              className="btn-delete"
              disabledReason={problem('routes.write', connection) ?? removeProblem(route)}
              onClick={() =>
                onTask({
                  task: 'route-remove',
                  connection,
                  node: route.source,
                  name: route.name,
                  instance: route.instance,
                  to: route.destination,
                  via: route.destinationEndpoint,
                })
              }
            >
              Remove route…
            </Button>
          </>
        )
      }
    >
      {route ? (
        <Facts
          route={route}
          written={problem('routes.write', connection) === undefined}
          onChange={onChange}
        />
      ) : error ? (
        <ErrorState error={error} retry={retry} />
      ) : loading ? (
        <Skeleton rows={6} />
      ) : (
        <p>No such route is known any more. Its application may have left.</p>
      )}
    </DetailPanel>
  );
}

/** What only its node told has no end that it could be removed by. */
function removeProblem({ name, source, destination, destinationEndpoint }: Route): string | undefined {
  if (!name || !source || source === '*') return 'What it is about is not told, so it cannot be named.';
  if (destination || destinationEndpoint) return undefined;
  return 'Where it goes is not told here: remove it by its address from the command line (route.remove).';
}

function Facts({ route, written, onChange }: { route: Route; written: boolean; onChange: Change }) {
  const status = routeStatus(route);
  const truth = routeTruth(route);
  const advice = routeAdvice(route, written);
  return (
    <>
      {advice && (
        <p className={`network-advice ${truth.tone === 'bad' || status.tone === 'bad' ? 'bad' : 'warn'}`}>
          <b>What to do.</b> {advice}
        </p>
      )}
      <dl className="facts">
        <dt>Control plane</dt>
        <dd>
          <b>{status.word}.</b> {status.reason}
        </dd>
        {route.statusMessage && (
          <>
            <dt>Its message</dt>
            <dd className="mono">{proseText(route.statusMessage)}</dd>
          </>
        )}
        <dt>Node</dt>
        <dd>
          <b>{truth.word}.</b> {truth.reason}
        </dd>
        <dt>Updated</dt>
        <dd>
          <TimeAgo at={toDate(route.lastUpdated)} none="not told" />
        </dd>
        <dt>Instance</dt>
        <dd className="copy-line">
          {route.instance ? (
            <>
              <Mono>{route.instance}</Mono>
              <CopyButton text={route.instance} label="Copy instance" />
            </>
          ) : (
            'none: any instance of the name'
          )}
        </dd>
        {route.id && (
          <>
            <dt>Id</dt>
            <dd>
              <Mono>{route.id}</Mono>
            </dd>
          </>
        )}
      </dl>
      <section>
        <h3>{route.wildcard ? 'Expanded to every node, towards' : 'The way of a message'}</h3>
        <ol className="network-chain" aria-label="Hops">
          {!route.wildcard && <NodeHop route={route} id={route.source} onChange={onChange} />}
          {!route.wildcard && route.source !== route.destination && (
            <LinkHop route={route} written={written} onChange={onChange} />
          )}
          <NodeHop route={route} id={route.destination} onChange={onChange} />
          <li>
            <span className="small">application</span>
            <AppName name={route.name} instance={route.instance} />
          </li>
        </ol>
        {route.name && (
          <p className="small">
            <Link
              to="/reach"
              search={{
                to: route.instance ? `${route.name}/${route.instance}` : route.name,
                cp: route.connection,
              }}
            >
              Why does no message arrive at it?
            </Link>
          </p>
        )}
      </section>
    </>
  );
}

function NodeHop({ route, id, onChange }: { route: Route; id: string; onChange: Change }) {
  const { node, loading } = useNode(route.connection, id);
  return (
    <li>
      <span className="small">node</span>
      {node ? (
        <button
          type="button"
          className="network-open"
          onClick={() => onChange({ open: 'node', id, on: route.connection })}
        >
          <Mono>{id}</Mono>
        </button>
      ) : (
        <End node={id} endpoint={route.destinationEndpoint} />
      )}
      {node ? (
        <StateChip words={nodeStatus(node)} />
      ) : (
        !loading && <StateChip words={!id ? NOT_TOLD : route.id ? GONE : PEER} />
      )}
    </li>
  );
}

const GONE: Words = {
  tone: 'bad',
  word: 'not known',
  reason: 'The control plane has no node of this name now.',
};
const PEER: Words = {
  tone: 'unknown',
  word: 'unknown',
  reason: 'Its peer names it so; nothing here lists a node of this name.',
};
const NOT_TOLD: Words = { tone: 'unknown', word: 'not told', reason: 'The route does not name a node.' };
const NO_LINK_TOLD: Words = {
  tone: 'unknown',
  word: 'not told',
  reason: 'No link is named for it: by which connection a message goes on is for its node to know.',
};
const NO_LINK: Words = {
  tone: 'bad',
  word: 'no link',
  reason: 'The route goes over none: a message has no way from the one node to the other.',
};
const OF_GENERATION: Words = {
  tone: 'unknown',
  word: 'unknown',
  reason: 'The control plane lists no link of this name.',
};

function LinkHop({
  route: { connection, linkId, source, destination, status },
  written,
  onChange,
}: {
  route: Route;
  /** Routes are made by hand there: they need not go over links. */
  written: boolean;
  onChange: Change;
}) {
  // A link is kept in one of its two directions.
  const one = useLink(connection, linkKey({ source, destination, linkId }));
  const other = useLink(connection, linkKey({ source: destination, destination: source, linkId }));
  const link = linkId ? (one.link ?? other.link) : undefined;
  return (
    <li>
      <span className="small">link</span>
      {link ? (
        <button
          type="button"
          className="network-open"
          onClick={() => onChange({ open: 'link', id: linkKey(link), on: connection })}
        >
          <Mono>{linkId}</Mono>
        </button>
      ) : (
        <span className="network-quiet">{linkId ? <Mono>{linkId}</Mono> : 'none'}</span>
      )}
      {link ? (
        <StateChip words={linkStatus(link)} />
      ) : linkId ? (
        !one.loading && <StateChip words={OF_GENERATION} />
      ) : (
        <StateChip words={written || status === RouteStatus.UNSPECIFIED ? NO_LINK_TOLD : NO_LINK} />
      )}
    </li>
  );
}
