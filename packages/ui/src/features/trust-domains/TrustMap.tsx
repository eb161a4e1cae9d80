import type {
  ListFederationResponse,
  ListFederationResponse_Edge,
  ListFederationResponse_Node,
} from '@muster/api';
import { escapeText } from '@muster/domain/display';
import type { KeyboardEvent } from 'react';
import {
  Button,
  Chip,
  EmptyState,
  formatCount,
  proseText,
  type Tone,
  TrustDomainTag,
} from '../../components/index.ts';
import {
  edgeKind,
  edgeState,
  type EdgeState,
  layoutMap,
  NODE,
  type PlacedEdge,
  type PlacedNode,
} from './map.ts';
import './TrustMap.css';

interface Props {
  federation: ListFederationResponse;
  selected: string | undefined;
  /** Opens what is known of a trust domain. */
  onNode: (node: ListFederationResponse_Node) => void;
  /** Opens the relationship. */
  onEdge: (edge: ListFederationResponse_Edge) => void;
}

/** Who trusts whom, as a picture and as a table of the same facts. */
export function TrustMap({ federation, selected, onNode, onEdge }: Props) {
  const { nodes, edges } = federation;
  if (nodes.length === 0)
    return (
      <EmptyState title="No trust domain">
        Each connected SPIRE server has one, and knows those it federates with. None is connected.
      </EmptyState>
    );
  const layout = layoutMap(nodes, edges);
  return (
    <div className="map">
      <figure>
        <svg
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          style={{ maxWidth: layout.width, minWidth: Math.min(layout.width * 0.8, 900) }}
          role="group"
          aria-label={`Map of ${nodes.length} trust domains and ${edges.length} federations`}
        >
          <defs>
            {TONES.map((tone) => (
              <marker
                key={tone}
                id={`map-arrow-${tone}`}
                className={`map-arrow ${tone}`}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="8"
                markerHeight="8"
                orient="auto"
              >
                <path d="M0 0L8 4L0 8Z" />
              </marker>
            ))}
          </defs>
          {layout.edges.map((placed) => (
            <Edge key={`${placed.edge.from} ${placed.edge.to}`} placed={placed} onEdge={onEdge} />
          ))}
          {layout.nodes.map((placed) => (
            <Node
              key={placed.node.trustDomain}
              placed={placed}
              selected={placed.node.trustDomain === selected}
              onNode={onNode}
            />
          ))}
        </svg>
        <figcaption className="small">
          An arrow goes from the trust domain that trusts to the one it trusts. <b>✓</b> in order, <b>i</b> a
          note, <b>!</b> look, <b>×</b> broken; dashed: nothing refreshes the bundle, or there is none. Dotted
          frame: its server is not connected here.
        </figcaption>
      </figure>
      <EdgeTable federation={federation} onEdge={onEdge} />
    </div>
  );
}

const TONES: readonly EdgeState['tone'][] = ['ok', 'warn', 'bad', 'note', 'unknown'];
const CHIP: Record<EdgeState['tone'], Tone> = {
  ok: 'ok',
  warn: 'warn',
  bad: 'bad',
  note: 'info',
  unknown: 'unknown',
};

const onKeys = (choose: () => void) => (event: KeyboardEvent) => {
  if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  choose();
};

function Edge({ placed: { edge, path, at }, onEdge }: { placed: PlacedEdge; onEdge: Props['onEdge'] }) {
  const state = edgeState(edge);
  const label = `${escapeText(edge.from)} trusts ${escapeText(edge.to)}: ${state.word}, ${edgeKind(edge)}.${edge.reason ? ` ${proseText(edge.reason)}` : ''}`;
  const choose = () => onEdge(edge);
  const kept = edge.hasBundle && edge.hasRelationship;
  return (
    <g
      className={`map-edge ${state.tone}`}
      role="button"
      tabIndex={0}
      aria-label={label}
      onClick={choose}
      onKeyDown={onKeys(choose)}
    >
      <title>{label}</title>
      <path className="map-hit" d={path} />
      <path
        className="map-line"
        d={path}
        markerEnd={`url(#map-arrow-${state.tone})`}
        strokeDasharray={kept ? undefined : '5 5'}
      />
      <circle className="map-sign" cx={at.x} cy={at.y} r={9} />
      <text className="map-sign-text" x={at.x} y={at.y + 4} textAnchor="middle" aria-hidden="true">
        {state.sign}
      </text>
    </g>
  );
}

interface NodeProps {
  placed: PlacedNode;
  selected: boolean;
  onNode: Props['onNode'];
}

function Node({ placed: { node, x, y }, selected, onNode }: NodeProps) {
  const { trustDomain, connection, entries, problem } = node;
  const about = problem
    ? 'its server cannot be read now'
    : connection
      ? `${escapeText(connection)} · ${formatCount(entries)} ${entries === 1n ? 'entry' : 'entries'}`
      : 'server not connected here';
  const choose = () => onNode(node);
  return (
    <g
      className={['map-node', connection ? '' : 'elsewhere', problem ? 'lost' : ''].filter(Boolean).join(' ')}
      role="button"
      tabIndex={0}
      aria-pressed={selected}
      aria-label={`${escapeText(trustDomain)}, ${about}${problem ? `: ${proseText(problem)}` : ''}`}
      onClick={choose}
      onKeyDown={onKeys(choose)}
    >
      <title>{`${escapeText(trustDomain)}: ${about}${problem ? `. ${proseText(problem)}` : ''}`}</title>
      <rect x={x} y={y} width={NODE.width} height={NODE.height} rx={8} />
      <text className="map-name" x={x + NODE.width / 2} y={y + 20} textAnchor="middle">
        {fit(escapeText(trustDomain), 22)}
      </text>
      <text className="map-about" x={x + NODE.width / 2} y={y + 36} textAnchor="middle">
        {fit(about, 30)}
      </text>
    </g>
  );
}

/** The end of a trust domain's name tells more than its start. */
const fit = (text: string, max: number): string =>
  text.length <= max ? text : `…${text.slice(text.length - max + 1)}`;

function EdgeTable({ federation: { nodes, edges }, onEdge }: Pick<Props, 'federation' | 'onEdge'>) {
  const lonely = nodes.filter(
    ({ trustDomain }) => !edges.some((edge) => edge.from === trustDomain || edge.to === trustDomain),
  );
  return (
    <table className="map-table" aria-label="Federations">
      <thead>
        <tr>
          <th scope="col">Trusts</th>
          <th scope="col">Trusted</th>
          <th scope="col">By</th>
          <th scope="col">State</th>
          <th scope="col">
            <span className="vh">Open</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {edges.map((edge) => {
          const state = edgeState(edge);
          return (
            <tr key={`${edge.from} ${edge.to}`}>
              <td>
                <TrustDomainTag name={edge.from} />
              </td>
              <td>
                <TrustDomainTag name={edge.to} />
              </td>
              <td className="small">{edgeKind(edge)}</td>
              <td>
                <Chip
                  tone={CHIP[state.tone]}
                  reason={
                    proseText(edge.reason) || 'The doctor finds nothing wrong, without asking the endpoint.'
                  }
                >
                  {state.word}
                </Chip>
                {edge.reason && <div className="small">{proseText(edge.reason)}</div>}
              </td>
              <td>
                <Button small variant="quiet" onClick={() => onEdge(edge)}>
                  Open
                </Button>
              </td>
            </tr>
          );
        })}
        {lonely.map(({ trustDomain }) => (
          <tr key={trustDomain}>
            <td>
              <TrustDomainTag name={trustDomain} />
            </td>
            <td className="small">nobody</td>
            <td className="small">no federation</td>
            <td />
            <td />
          </tr>
        ))}
      </tbody>
    </table>
  );
}
