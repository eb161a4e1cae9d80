import type { NetworkLink, Segment } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  Button,
  DetailPanel,
  ErrorState,
  formatCount,
  Mono,
  NameText,
  Skeleton,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { StateChip } from './columns.tsx';
import type { Task } from './NetworkTask.tsx';
import type { Change } from './NetworkTools.tsx';
import { useAllNodes, useDomains, useLink, useSegments } from './queries.ts';
import type { Opened } from './search.ts';
import { type Ability, kindOf, linkStatus, nodeStatus } from './words.ts';

export interface TopologyProps {
  at: Opened;
  /** Why this cannot be changed on that connection; undefined when it can. */
  problem: (ability: Ability, connection: string) => string | undefined;
  onChange: Change;
  onTask: (task: Task) => void;
  onClose: () => void;
}

/** A link between two nodes, or one that is only wanted. */
export function LinkDetail({ at, problem, onChange, onTask, onClose }: TopologyProps) {
  const { link, error, loading, retry } = useLink(at.connection, at.id);
  return (
    <DetailPanel
      kind={kindOf(link?.wantedOnly ? 'Wanted link' : 'Link', link?.connection ?? at.connection)}
      title={
        link ? (
          <>
            <Mono>{link.source}</Mono> – <Mono>{link.destination}</Mono>
          </>
        ) : (
          'Link'
        )
      }
      state={link && <StateChip words={linkStatus(link)} />}
      onClose={onClose}
    >
      {link ? (
        <LinkFacts link={link} problem={problem} onChange={onChange} onTask={onTask} />
      ) : error ? (
        <ErrorState error={error} retry={retry} />
      ) : loading ? (
        <Skeleton rows={6} />
      ) : (
        <p>No such link is known any more.</p>
      )}
    </DetailPanel>
  );
}

type LinkProps = Pick<TopologyProps, 'problem' | 'onChange' | 'onTask'> & { link: NetworkLink };

function LinkFacts({ link, problem, onChange, onTask }: LinkProps) {
  const { connection, source, destination } = link;
  const status = linkStatus(link);
  const nodes = useAllNodes(connection).data?.nodes ?? [];
  const domainOf = (end: string) => nodes.find(({ id }) => id === end)?.domain ?? end;
  const ends = [domainOf(source), domainOf(destination)] as const;
  const all = useSegments(connection).data?.segments ?? [];
  const wanted = all.flatMap(({ name, links }) => {
    const pair = links.find(
      ({ domainA, domainB }) =>
        (domainA === ends[0] && domainB === ends[1]) || (domainA === ends[1] && domainB === ends[0]),
    );
    return pair ? [{ segment: name, ...pair }] : [];
  });
  return (
    <>
      <dl className="facts">
        <dt>Status</dt>
        <dd>
          <b>{status.word}.</b> {status.reason}
        </dd>
        <dt>Between</dt>
        <dd>
          <Ends link={link} onChange={onChange} />
        </dd>
        <dt>Dialled at</dt>
        <dd>{link.destinationEndpoint ? <Mono>{link.destinationEndpoint}</Mono> : 'not told'}</dd>
        <dt>Updated</dt>
        <dd>
          <TimeAgo at={toDate(link.lastUpdated)} none="not told" />
        </dd>
        <dt>Changes seen</dt>
        <dd>
          {formatCount(link.changes)}
          <div className="small">of its status, by Muster’s own readings</div>
        </dd>
        {link.linkId && (
          <>
            <dt>Link id</dt>
            <dd>
              <Mono>{link.linkId}</Mono>
            </dd>
          </>
        )}
      </dl>
      <nav className="network-links" aria-label="Routes over this link">
        {link.linkId && (
          <Link to="/network" search={{ tab: 'routes', q: link.linkId, cp: connection }}>
            Routes over it
          </Link>
        )}
      </nav>
      <section className="stack">
        <h3>Wanted by</h3>
        {wanted.length === 0 && (
          <p className="small">
            {ends[0] === ends[1]
              ? 'No segment: nodes of one domain are linked by themselves.'
              : 'No segment now: it goes at the next reconciliation.'}
          </p>
        )}
        <ul className="network-list">
          {wanted.map(({ segment, domainA, domainB }) => (
            <li key={segment}>
              <button
                type="button"
                className="network-open"
                onClick={() => onChange({ open: 'segment', id: segment, on: connection })}
              >
                segment <NameText name={segment} />
              </button>
              <Button
                small
                className="btn-delete"
                disabledReason={problem('topology.write', connection)}
                onClick={() => onTask({ task: 'link-remove', connection, segment, domainA, domainB })}
              >
                Remove…
              </Button>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Ends({ link, onChange }: { link: NetworkLink; onChange: Change }) {
  const kind = link.wantedOnly ? 'domain' : 'node';
  return [link.source, link.destination].map((id) => (
    <div key={id}>
      {link.wantedOnly && 'domain '}
      <button
        type="button"
        className="network-open"
        onClick={() => onChange({ open: kind, id, on: link.connection })}
      >
        <Mono>{id}</Mono>
      </button>
    </div>
  ));
}

/** A segment: the links it wants. */
export function SegmentDetail({ at, problem, onChange, onTask, onClose }: TopologyProps) {
  const found = useSegments(at.connection);
  const segment = found.data?.segments.find(({ name }) => name === at.id);
  const connection = segment?.connection ?? at.connection;
  return (
    <DetailPanel
      kind={kindOf('Segment', connection)}
      title={<NameText name={at.id} />}
      onClose={onClose}
      actions={
        segment && (
          <>
            <Button
              disabledReason={problem('topology.write', connection)}
              onClick={() => onTask({ task: 'link-add', connection, segment: at.id })}
            >
              Link two domains…
            </Button>
            <span className="grow" />
            <Button
              className="btn-delete"
              disabledReason={problem('topology.write', connection)}
              onClick={() => onTask({ task: 'segment-remove', connection, name: at.id })}
            >
              Remove segment…
            </Button>
          </>
        )
      }
    >
      {segment ? (
        <SegmentFacts {...{ segment, problem, onChange, onTask }} />
      ) : !found.data && found.error ? (
        <ErrorState error={found.error} retry={() => void found.refetch()} />
      ) : found.isPending ? (
        <Skeleton rows={4} />
      ) : (
        <p>No such segment is known any more.</p>
      )}
    </DetailPanel>
  );
}

type SegmentProps = Pick<TopologyProps, 'problem' | 'onChange' | 'onTask'> & { segment: Segment };

function SegmentFacts({ segment, problem, onChange, onTask }: SegmentProps) {
  const { connection, name, links, domains } = segment;
  return (
    <>
      <section className="stack">
        <h3>Links</h3>
        {links.length === 0 && <p className="small">None yet: it joins no domains.</p>}
        <ul className="network-list">
          {links.map(({ domainA, domainB }) => (
            <li key={`${domainA} ${domainB}`}>
              <span>
                <NameText name={domainA} /> – <NameText name={domainB} />
              </span>
              <Button
                small
                className="btn-delete"
                disabledReason={problem('topology.write', connection)}
                onClick={() => onTask({ task: 'link-remove', connection, segment: name, domainA, domainB })}
              >
                Remove…
              </Button>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>Domains</h3>
        {domains.length === 0 && <p className="small">None.</p>}
        <ul className="network-list">
          {domains.map((domain) => (
            <li key={domain}>
              <button
                type="button"
                className="network-open"
                onClick={() => onChange({ open: 'domain', id: domain, on: connection })}
              >
                <NameText name={domain} />
              </button>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

/** A domain: its nodes, and the segments it is in. */
export function DomainDetail({ at, problem, onChange, onTask, onClose }: TopologyProps) {
  const name = at.id;
  const found = useDomains(at.connection);
  const all = useAllNodes(at.connection);
  const nodes = all.data?.nodes.filter(({ domain }) => domain === name) ?? [];
  const listed = found.data?.domains.find((one) => one.name === name);
  const segments = listed?.segments ?? [];
  const wanted = useSegments(at.connection).data?.segments ?? [];
  // A segment or a node may be all that names it.
  const connection =
    at.connection ||
    (listed ?? nodes[0] ?? wanted.find(({ domains }) => domains.includes(name)))?.connection ||
    '';
  const names = new Set([
    ...segments,
    ...wanted.filter(({ domains }) => domains.includes(name)).map((one) => one.name),
  ]);
  return (
    <DetailPanel
      kind={kindOf('Domain', connection)}
      title={<NameText name={name} />}
      onClose={onClose}
      actions={
        <>
          <Button
            disabledReason={problem('topology.write', connection)}
            onClick={() => onTask({ task: 'link-add', connection, domainA: name })}
          >
            Link to another domain…
          </Button>
          <Button
            disabledReason={problem('domains.write', connection) ?? (listed ? undefined : NOT_LISTED)}
            onClick={() => onTask({ task: 'domain-add', connection, replace: name })}
          >
            New secret…
          </Button>
          <span className="grow" />
          <Button
            className="btn-delete"
            disabledReason={problem('domains.write', connection) ?? (listed ? undefined : NOT_LISTED)}
            onClick={() => onTask({ task: 'domain-remove', connection, name })}
          >
            Remove domain…
          </Button>
        </>
      }
    >
      <section>
        <h3>Nodes</h3>
        {all.isPending && <Skeleton rows={3} />}
        {all.data && nodes.length === 0 && <p className="small">None that the control plane knows.</p>}
        {all.error && !all.data && <ErrorState error={all.error} retry={() => void all.refetch()} />}
        <ul className="network-list">
          {nodes.slice(0, SHOWN).map((node) => (
            <li key={node.id}>
              <button
                type="button"
                className="network-open"
                onClick={() => onChange({ open: 'node', id: node.id, on: connection })}
              >
                <Mono>{node.id}</Mono>
              </button>
              <StateChip words={nodeStatus(node)} />
            </li>
          ))}
        </ul>
        {nodes.length > 0 && (
          <Link to="/network" search={{ tab: 'nodes', domain: name, cp: connection }}>
            {nodes.length > SHOWN ? `All ${nodes.length} in the list` : 'In the list'}
          </Link>
        )}
      </section>
      <section>
        <h3>In segments</h3>
        {names.size === 0 && <p className="small">None: only its own nodes reach each other.</p>}
        <ul className="network-list">
          {[...names].map((segment) => (
            <li key={segment}>
              <button
                type="button"
                className="network-open"
                onClick={() => onChange({ open: 'segment', id: segment, on: connection })}
              >
                <NameText name={segment} />
              </button>
            </li>
          ))}
        </ul>
      </section>
    </DetailPanel>
  );
}

const SHOWN = 30;
const NOT_LISTED = 'The control plane does not list this domain: a segment or a node only names it.';
