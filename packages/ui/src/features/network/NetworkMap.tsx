import { useMemo, useState } from 'react';
import { layoutMap, type Inside, MOST_INSIDE, type MapInput } from './map.ts';
import { groupKey } from './map-shapes.ts';
import { MapCanvas } from './MapCanvas.tsx';
import {
  DomainFrame,
  DomainName,
  LinkCount,
  LinkLine,
  markOf,
  marksOf,
  NodeBox,
  SegmentPill,
} from './MapParts.tsx';
import type { Change } from './NetworkTools.tsx';
import { linkKey, type NetworkSearch, readLinkKey } from './search.ts';
import { drawWay, type Way } from './way.ts';
import { plural } from './words.ts';
import './NetworkMap.css';

interface Props extends Omit<MapInput, 'open'> {
  search: NetworkSearch;
  /** More than one control plane is drawn: domains say whose they are. */
  several: boolean;
  /** What is shown besides. */
  way: Way | undefined;
  onChange: Change;
}

/** Lines between domains that can be told apart without help. */
const MOST_LINES = 20;

/** Scale below which names of domains cannot be read. */
const LEAST = 0.72;

/** Domains, the nodes in them, the links that are and those that are wanted. The lists have the same facts. */
export function NetworkMap({ nodes, links, segments, search, several, way, onChange }: Props) {
  const domains = useMemo(() => new Map(nodes.map(({ id, domain }) => [id, domain])), [nodes]);
  const { open: kind, id = '', on = '' } = search;
  const layout = useMemo(
    () => layoutMap({ nodes, links, segments, ...insideOf({ nodes, kind, id, on }) }),
    [nodes, links, segments, kind, id, on],
  );
  const { frames, lines, wishes, clustered, expanded, undrawn } = layout;
  const drawn = useMemo(() => way && drawWay(layout, way, domains), [layout, way, domains]);
  const [pointed, setPointed] = useState('');
  const chosen = (what: string, name: string, connection: string) =>
    kind === what && id === name && (!on || on === connection);
  const open = (what: string, name: string, connection: string) =>
    onChange({ open: what, id: name, on: connection });
  const openedDomain = clustered
    ? frames.find(({ domain, connection }) => chosen('domain', domain, connection))
    : undefined;
  // Where lines are many, those of one domain are told by pointing at it, or by opening it.
  const near = clustered && !expanded && frames.some(({ key }) => key === pointed) ? pointed : '';
  const nearTo = (keys: readonly [string, string] | undefined): string =>
    near === '' || !keys ? '' : keys.includes(near) ? ' near' : ' far';
  const dense = clustered && !expanded && lines.length > MOST_LINES;
  // Boxes that are full hide the lines behind them; into frames, lines lead.
  const box = (frame: (typeof frames)[number]) => (
    <DomainFrame
      key={frame.key}
      frame={frame}
      several={several}
      mark={clustered && drawn ? markOf(drawn, frame.key) : ''}
      selected={chosen('domain', frame.domain, frame.connection)}
      onOpen={() => open('domain', frame.domain, frame.connection)}
      onPoint={clustered ? (over) => setPointed(over ? frame.key : '') : undefined}
    />
  );
  const words = expanded
    ? `Only the links of this domain are drawn. ${undrawn > 0 ? `${plural(undrawn, 'link')} between its nodes ${undrawn === 1 ? 'is' : 'are'} left out: open a node to see its own. ` : ''}`
    : openedDomain && openedDomain.count > MOST_INSIDE
      ? `This domain has more than ${MOST_INSIDE} nodes, too many to draw. `
      : clustered
        ? 'A box is a domain, a line all links between two. Point at a domain to see its lines; open it to see its nodes. '
        : '';
  const behind = (frame: (typeof frames)[number]) => !clustered || frame === expanded;
  return (
    <figure className="network-map">
      <MapCanvas
        width={layout.width}
        height={layout.height}
        least={clustered ? LEAST : undefined}
        focus={expanded}
        className={[drawn && 'nm-quiet', dense && 'nm-dense'].filter(Boolean).join(' ') || undefined}
        label={`Map of ${plural(frames.length, 'domain')}, ${plural(nodes.length, 'node')}, ${plural(links.length, 'link')}`}
        legend={
          <>
            <span className="nm-key ok" /> link made <span className="nm-key bad" /> failed{' '}
            <span className="nm-key wait" /> pending <span className="nm-key wanted" /> wanted by a segment,
            not made{' '}
            {drawn && drawn.lines.length > 0 ? (
              <>
                <span className="nm-key way" /> the way <span className="nm-key way bad" /> where it ends
              </>
            ) : null}
            <span className="nm-note">
              {words}A label on a line is its segment. The lists Nodes, Links and Segments have the same
              facts.
            </span>
          </>
        }
      >
        {frames.filter(behind).map(box)}
        {wishes
          .filter(({ made }) => !made)
          .map(({ key, path, frames: keys }) => (
            <path key={key} className={`nm-wanted${nearTo(keys)}`} d={path} aria-hidden="true" />
          ))}
        {lines.map((line) => (
          <LinkLine
            key={line.key}
            line={line}
            near={nearTo(line.frames)}
            selected={Boolean(line.link && chosen('link', linkKey(line.link), line.link.connection))}
            onOpen={line.link && (() => line.link && open('link', linkKey(line.link), line.link.connection))}
          />
        ))}
        {drawn?.lines.map(({ key, path, wrong }) => (
          <path key={key} className={wrong ? 'nm-way wrong' : 'nm-way'} d={path} aria-hidden="true" />
        ))}
        {frames.filter((frame) => !behind(frame)).map(box)}
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
        {lines.map(
          (line) =>
            line.at && <LinkCount key={line.key} line={line} at={line.at} near={nearTo(line.frames)} />,
        )}
        {wishes.map((wish) => (
          <SegmentPill
            key={wish.key}
            wish={wish}
            near={nearTo(wish.frames)}
            selected={wish.segments.some((name) => chosen('segment', name, wish.connection))}
            onOpen={() => open('segment', wish.segments[0] ?? '', wish.connection)}
          />
        ))}
      </MapCanvas>
    </figure>
  );
}

/** The domain that is open: itself, by one of its nodes, or by a link between two of them. */
function insideOf({
  nodes,
  kind,
  id,
  on,
}: Pick<MapInput, 'nodes'> & Record<'id' | 'on', string> & { kind: string | undefined }): { open?: Inside } {
  if (kind === 'domain') {
    const one = nodes.find(({ domain, connection }) => domain === id && (!on || on === connection));
    return one ? { open: { frame: groupKey(one.connection, one.domain) } } : {};
  }
  const ends =
    kind === 'node' ? [id] : kind === 'link' ? [readLinkKey(id).source, readLinkKey(id).destination] : [];
  const found = ends.map((end) => nodes.find((node) => node.id === end && (!on || on === node.connection)));
  const [one] = found;
  if (!one || found.some((other) => other?.domain !== one.domain)) return {};
  const frame = groupKey(one.connection, one.domain);
  return { open: kind === 'node' ? { frame, node: id } : { frame } };
}
