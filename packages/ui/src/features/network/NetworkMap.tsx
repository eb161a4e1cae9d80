import { escapeText } from '@muster/domain/display';
import { type KeyboardEvent, useState } from 'react';
import { Button } from '../../components/index.ts';
import { type Frame, layoutMap, type Line, type MapInput, NODE, type PlacedNode, type Wish } from './map.ts';
import type { Change } from './NetworkTools.tsx';
import { linkKey, type NetworkSearch } from './search.ts';
import { type Crowd, crowdWords, type Drawn, drawWay, type Way } from './way.ts';
import { linkStatus, nodeStatus, plural } from './words.ts';
import './NetworkMap.css';

interface Props extends MapInput {
  search: NetworkSearch;
  /** More than one control plane is drawn: domains say whose they are. */
  several: boolean;
  /** What is shown besides. */
  way: Way | undefined;
  onChange: Change;
}

/** Domains, the nodes in them, the links that are and those that are wanted. The lists have the same facts. */
export function NetworkMap({ nodes, links, segments, search, several, way, onChange }: Props) {
  const layout = layoutMap({ nodes, links, segments });
  const { frames, lines, wishes, clustered } = layout;
  const drawn = way && drawWay(layout, way, new Map(nodes.map(({ id, domain }) => [id, domain])));
  const chosen = (kind: string, id: string, connection: string) =>
    search.open === kind && search.id === id && (!search.on || search.on === connection);
  const open = (kind: string, id: string, on: string) => onChange({ open: kind, id, on });
  const [full, setFull] = useState(false);
  // Boxes that are full hide the lines behind them; into frames, lines lead.
  const boxes = frames.map((frame) => (
    <DomainFrame
      key={frame.key}
      frame={frame}
      several={several}
      mark={clustered && drawn ? markOf(drawn, frame.key) : ''}
      selected={chosen('domain', frame.domain, frame.connection)}
      onOpen={() => open('domain', frame.domain, frame.connection)}
    />
  ));
  return (
    <figure className="network-map">
      <div className="network-canvas">
        <svg
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          style={{
            width: layout.width * (layout.width < 760 ? 1.25 : 1),
            maxWidth: '100%',
            minWidth: full ? layout.width : Math.min(layout.width, 620),
          }}
          className={drawn ? 'nm-quiet' : undefined}
          role="group"
          aria-label={`Map of ${plural(frames.length, 'domain')}, ${plural(nodes.length, 'node')}, ${plural(links.length, 'link')}`}
        >
          {!clustered && boxes}
          {wishes
            .filter(({ made }) => !made)
            .map(({ key, path }) => (
              <path key={key} className="nm-wanted" d={path} aria-hidden="true" />
            ))}
          {lines.map((line) => (
            <LinkLine
              key={line.key}
              line={line}
              selected={Boolean(line.link && chosen('link', linkKey(line.link), line.link.connection))}
              onOpen={
                line.link && (() => line.link && open('link', linkKey(line.link), line.link.connection))
              }
            />
          ))}
          {drawn?.lines.map(({ key, path, wrong }) => (
            <path key={key} className={wrong ? 'nm-way wrong' : 'nm-way'} d={path} aria-hidden="true" />
          ))}
          {clustered && boxes}
          {frames.map((frame) => (
            <DomainName
              key={frame.key}
              frame={frame}
              several={several}
              clustered={clustered}
              crowd={clustered ? drawn?.crowds.get(frame.key) : undefined}
            />
          ))}
          {frames.flatMap((frame) =>
            frame.nodes.map((placed) => (
              <NodeBox
                key={`${frame.key}\n${placed.node.id}`}
                placed={placed}
                marks={marksOf(drawn, placed.node.id, frame.connection === way?.connection)}
                selected={chosen('node', placed.node.id, frame.connection)}
                onOpen={() => open('node', placed.node.id, frame.connection)}
              />
            )),
          )}
          {wishes.map((wish) => (
            <SegmentPill
              key={wish.key}
              wish={wish}
              selected={wish.segments.some((name) => chosen('segment', name, wish.connection))}
              onOpen={() => open('segment', wish.segments[0] ?? '', wish.connection)}
            />
          ))}
        </svg>
      </div>
      <figcaption className="small">
        {layout.width > WIDE && (
          <Button small variant="quiet" aria-pressed={full} onClick={() => setFull(!full)}>
            {full ? 'Fit to the window' : 'Full size'}
          </Button>
        )}
        <span className="nm-key ok" /> link made <span className="nm-key bad" /> failed{' '}
        <span className="nm-key wait" /> pending <span className="nm-key wanted" /> wanted by a segment, not
        made{' '}
        {drawn && drawn.lines.length > 0 ? (
          <>
            <span className="nm-key way" /> the way <span className="nm-key way bad" /> where it ends
          </>
        ) : null}
        <span className="nm-note">
          {clustered
            ? 'There are too many nodes to draw each: a box is a domain, a line all links between two. '
            : ''}
          A label on a line is its segment. The lists Nodes, Links and Segments have the same facts.
        </span>
      </figcaption>
    </figure>
  );
}

/** From this width on a picture may be too small to read where all of it is seen. */
const WIDE = 900;

const pressed = (choose: () => void) => ({
  role: 'button',
  tabIndex: 0,
  onClick: choose,
  onKeyDown: (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    choose();
  },
});

/** A name of any length in a box: its beginning goes, never its last part. */
function fit(name: string, most: number): string {
  const shown = escapeText(name);
  return shown.length <= most ? shown : `…${shown.slice(-(most - 1))}`;
}

/** The same domain always has the same tint. */
function tintOf(domain: string): number {
  let hash = 7;
  for (const char of domain) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return (hash % 6) + 1;
}

interface FrameProps {
  frame: Frame;
  several: boolean;
  /** How the way goes through it. */
  mark: string;
  selected: boolean;
  onOpen: () => void;
}

function aboutOf({ count, connected }: Frame): string {
  if (count === 0) return 'no node yet';
  return connected === count
    ? `${plural(count, 'node')}, connected`
    : `${connected} of ${plural(count, 'node')} connected`;
}

function DomainFrame({ frame, several, mark, selected, onOpen }: FrameProps) {
  const { x, y, width, height, domain, connection } = frame;
  const name = domain ? escapeText(domain) : 'no domain';
  const label = `Domain ${name}${several ? ` (${escapeText(connection)})` : ''}: ${aboutOf(frame)}`;
  return (
    <g
      className={`nm-domain nm-tint${tintOf(domain)}${mark}`}
      aria-pressed={selected}
      aria-label={label}
      {...pressed(onOpen)}
    >
      <title>{label}</title>
      <rect x={x} y={y} width={width} height={height} rx={10} />
    </g>
  );
}

/** Above the lines, so that none strikes it out. */
interface NameProps {
  frame: Frame;
  several: boolean;
  clustered: boolean;
  crowd: Crowd | undefined;
}

function DomainName({ frame, several, clustered, crowd }: NameProps) {
  const { x, y, width, domain, connection, count } = frame;
  const most = Math.floor((width - 28) / 8);
  return (
    <g className={`nm-domain nm-tint${tintOf(domain)}`} aria-hidden="true">
      <text className="nm-domain-name" x={x + 16} y={y + 23}>
        {fit(domain || 'no domain', several && !clustered ? 12 : most)}
      </text>
      {(clustered || count === 0) && (
        <text className="nm-about" x={x + 16} y={y + 46}>
          {crowd ? crowdWords(crowd) : aboutOf(frame)}
        </text>
      )}
      {several && (
        <text className="nm-about" x={x + width - 16} y={clustered ? y + 63 : y + 23} textAnchor="end">
          {fit(connection, clustered ? 24 : 10)}
        </text>
      )}
    </g>
  );
}

/** How the way goes through a node, and who of a channel is there. */
interface Marks {
  mark: string;
  crowd: Crowd | undefined;
}

const markOf = ({ onPath, wrong, crowds }: Drawn, key: string): string =>
  wrong.has(key) ? ' wrong' : onPath.has(key) ? ' on-way' : crowds.has(key) ? ' has-members' : '';

const marksOf = (drawn: Drawn | undefined, node: string, here: boolean): Marks =>
  drawn && here
    ? { mark: markOf(drawn, node), crowd: drawn.crowds.get(node) }
    : { mark: '', crowd: undefined };

interface NodeProps {
  placed: PlacedNode;
  marks: Marks;
  selected: boolean;
  onOpen: () => void;
}

function NodeBox({ placed: { node, x, y }, marks: { mark, crowd }, selected, onOpen }: NodeProps) {
  const { id, domain, routes } = node;
  const status = nodeStatus(node);
  const own = domain && id.startsWith(`${domain}/`) ? id.slice(domain.length + 1) : id;
  const known = crowd
    ? ` · ${crowdWords(crowd)}`
    : routes === undefined
      ? ''
      : ` · ${plural(routes, 'route')}`;
  const closed = node.warnings.some(({ code }) => code === 'no-external-endpoint');
  const label = `Node ${escapeText(id)}: ${status.word}${known}${closed ? ', cannot be linked to other domains' : ''}${crowd ? `. ${crowd.names.map(escapeText).join(', ')}` : ''}`;
  return (
    <g
      className={`nm-node ${status.tone}${mark}`}
      aria-pressed={selected}
      aria-label={label}
      {...pressed(onOpen)}
    >
      <title>{label}</title>
      <rect x={x} y={y} width={NODE.width} height={NODE.height} rx={7} />
      <circle cx={x + 15} cy={y + 18} r={4} />
      <text className="nm-name" x={x + 26} y={y + 22}>
        {fit(own, 18)}
      </text>
      <text className="nm-about" x={x + 26} y={y + 37}>
        {crowd ? fit(crowdWords(crowd), 22) : `${status.word}${known}`}
      </text>
    </g>
  );
}

interface LineProps {
  line: Line;
  selected: boolean;
  onOpen: (() => void) | undefined;
}

function LinkLine({ line: { path, tone, link, count, between }, selected, onOpen }: LineProps) {
  const [a, b] = between;
  const said = link ? linkStatus(link) : undefined;
  const label = `${plural(count, 'link')} ${escapeText(a)} – ${escapeText(b)}${said ? `: ${said.word}. ${said.reason}` : ''}`;
  return (
    <g
      className={`nm-link ${tone}`}
      {...(onOpen ? { ...pressed(onOpen), 'aria-label': label, 'aria-pressed': selected } : {})}
    >
      <title>{label}</title>
      <path className="nm-hit" d={path} />
      <path className="nm-line" d={path} />
    </g>
  );
}

interface PillProps {
  wish: Wish;
  selected: boolean;
  onOpen: () => void;
}

function SegmentPill({ wish: { segments, between, made, at }, selected, onOpen }: PillProps) {
  const text = fit(segments.join(', '), 22);
  const width = text.length * 6.8 + 18;
  const label = `${segments.length > 1 ? 'Segments' : 'Segment'} ${segments.map(escapeText).join(', ')}: ${between.map(escapeText).join(' – ')}, ${made ? 'linked' : 'wanted, not made'}`;
  return (
    <g
      className={made ? 'nm-segment' : 'nm-segment wanted'}
      aria-pressed={selected}
      aria-label={label}
      {...pressed(onOpen)}
    >
      <title>{label}</title>
      <rect x={at.x - width / 2} y={at.y - 11} width={width} height={22} rx={11} />
      <text x={at.x} y={at.y + 4} textAnchor="middle">
        {text}
      </text>
    </g>
  );
}
