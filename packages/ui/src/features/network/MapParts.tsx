import { escapeText } from '@muster/domain/display';
import type { KeyboardEvent } from 'react';
import { COUNT_HEIGHT, countWidth, fit, PILL_HEIGHT, pillWidth, wishText } from './map-labels.ts';
import { type Frame, type Line, NODE, type PlacedNode, type Point, type Wish } from './map-shapes.ts';
import { type Crowd, crowdWords, type Drawn } from './way.ts';
import { linkStatus, nodeStatus, plural } from './words.ts';

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
  /** Called when the pointer or the focus comes to it and goes. */
  onPoint: ((over: boolean) => void) | undefined;
}

function aboutOf({ count, connected }: Frame): string {
  if (count === 0) return 'no node yet';
  return connected === count
    ? `${plural(count, 'node')}, connected`
    : `${connected} of ${plural(count, 'node')} connected`;
}

export function DomainFrame({ frame, several, mark, selected, onOpen, onPoint }: FrameProps) {
  const { x, y, width, height, domain, connection } = frame;
  const name = domain ? escapeText(domain) : 'no domain';
  const label = `Domain ${name}${several ? ` (${escapeText(connection)})` : ''}: ${aboutOf(frame)}`;
  return (
    <g
      className={`nm-domain nm-tint${tintOf(domain)}${mark}`}
      aria-pressed={selected}
      aria-label={label}
      {...pressed(onOpen)}
      {...(onPoint && {
        onPointerEnter: () => onPoint(true),
        onPointerLeave: () => onPoint(false),
        onFocus: () => onPoint(true),
        onBlur: () => onPoint(false),
      })}
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

export function DomainName({ frame, several, clustered, crowd }: NameProps) {
  const { x, y, width, domain, connection, count } = frame;
  const most = Math.floor((width - 28) / (clustered ? 9 : 8));
  return (
    <g className={`nm-domain nm-tint${tintOf(domain)}${clustered ? ' nm-cluster' : ''}`} aria-hidden="true">
      <text className="nm-domain-name" x={x + 16} y={y + (clustered ? 27 : 23)}>
        {fit(domain || 'no domain', several && !clustered ? 12 : most)}
      </text>
      {(clustered || count === 0) && (
        <text className="nm-about" x={x + 16} y={y + (clustered ? 48 : 46)}>
          {crowd ? crowdWords(crowd) : aboutOf(frame)}
        </text>
      )}
      {several && (
        <text className="nm-about" x={x + width - 16} y={clustered ? y + 67 : y + 23} textAnchor="end">
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

export const markOf = ({ onPath, wrong, crowds }: Drawn, key: string): string =>
  wrong.has(key) ? ' wrong' : onPath.has(key) ? ' on-way' : crowds.has(key) ? ' has-members' : '';

export const marksOf = (drawn: Drawn | undefined, node: string, here: boolean): Marks =>
  drawn && here
    ? { mark: markOf(drawn, node), crowd: drawn.crowds.get(node) }
    : { mark: '', crowd: undefined };

interface NodeProps {
  placed: PlacedNode;
  marks: Marks;
  selected: boolean;
  onOpen: () => void;
}

export function NodeBox({
  placed: { node, x, y, width, height },
  marks: { mark, crowd },
  selected,
  onOpen,
}: NodeProps) {
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
      <rect x={x} y={y} width={width} height={height} rx={7} />
      {height < NODE.height ? (
        <>
          <circle cx={x + 13} cy={y + height / 2} r={4} />
          <text className="nm-name" x={x + 23} y={y + height / 2 + 4}>
            {fit(own, crowd ? 9 : 12)}
          </text>
          {crowd && (
            <text className="nm-about" x={x + width - 9} y={y + height / 2 + 4} textAnchor="end">
              {crowd.members}
            </text>
          )}
        </>
      ) : (
        <>
          <circle cx={x + 15} cy={y + 18} r={4} />
          <text className="nm-name" x={x + 26} y={y + 22}>
            {fit(own, 18)}
          </text>
          <text className="nm-about" x={x + 26} y={y + 37}>
            {crowd ? fit(crowdWords(crowd), 22) : `${status.word}${known}`}
          </text>
        </>
      )}
    </g>
  );
}

interface LineProps {
  line: Line;
  /** Whether it is of the domain that is pointed at: ` near`, ` far`, or neither. */
  near: string;
  selected: boolean;
  onOpen: (() => void) | undefined;
}

export function LinkLine({ line: { path, tone, link, count, between }, near, selected, onOpen }: LineProps) {
  const [a, b] = between;
  const said = link ? linkStatus(link) : undefined;
  const label = `${plural(count, 'link')} ${escapeText(a)} – ${escapeText(b)}${said ? `: ${said.word}. ${said.reason}` : ''}`;
  return (
    <g
      className={`nm-link ${tone}${near}`}
      {...(onOpen ? { ...pressed(onOpen), 'aria-label': label, 'aria-pressed': selected } : {})}
    >
      <title>{label}</title>
      <path className="nm-hit" d={path} />
      <path className="nm-line" d={path} />
    </g>
  );
}

/** How many links a line stands for. */
export function LinkCount({
  line: { tone, count },
  at,
  near,
}: Pick<LineProps, 'line' | 'near'> & { at: Point }) {
  const width = countWidth(count);
  return (
    <g className={`nm-count ${tone}${near}`} aria-hidden="true">
      <rect
        x={at.x - width / 2}
        y={at.y - COUNT_HEIGHT / 2}
        width={width}
        height={COUNT_HEIGHT}
        rx={COUNT_HEIGHT / 2}
      />
      <text x={at.x} y={at.y + 4} textAnchor="middle">
        {count}
      </text>
    </g>
  );
}

interface PillProps {
  wish: Wish;
  near: string;
  selected: boolean;
  onOpen: () => void;
}

export function SegmentPill({ wish, near, selected, onOpen }: PillProps) {
  const { segments, between, made, at, count } = wish;
  const text = wishText(wish);
  const width = pillWidth(text);
  const linked = count > 1 ? `linked, ${plural(count, 'link')}` : 'linked';
  const label = `${segments.length > 1 ? 'Segments' : 'Segment'} ${segments.map(escapeText).join(', ')}: ${between.map(escapeText).join(' – ')}, ${made ? linked : 'wanted, not made'}`;
  return (
    <g
      className={`nm-segment${made ? '' : ' wanted'}${near}`}
      aria-pressed={selected}
      aria-label={label}
      {...pressed(onOpen)}
    >
      <title>{label}</title>
      <rect
        x={at.x - width / 2}
        y={at.y - PILL_HEIGHT / 2}
        width={width}
        height={PILL_HEIGHT}
        rx={PILL_HEIGHT / 2}
      />
      <text x={at.x} y={at.y + 4} textAnchor="middle">
        {text}
      </text>
    </g>
  );
}
