import { type ReachResponse, ReachState } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import type { MapLayout } from './map.ts';
import { between, pathOf } from './map-lines.ts';
import type { Box, Frame } from './map-shapes.ts';

/** Members of a channel on one node. */
export interface Crowd {
  members: number;
  online: number;
  offline: number;
  names: readonly string[];
}

/** What the map shows besides the network: who of a channel is where, and the way between two names. */
export interface Way {
  connection: string;
  crowds: ReadonlyMap<string, Crowd>;
  /** Nodes from the first to the last; fewer than two: no way is shown. */
  path: readonly string[];
  /** Ends of the first hop that is wrong, or the node that is. */
  wrong: readonly string[];
}

/** @param two a way from one name to another is meant, and not only where everyone is */
export function wayOf(answer: ReachResponse, two: boolean): Way {
  const first = answer.firstWrong === undefined ? undefined : answer.steps[answer.firstWrong];
  return {
    connection: answer.connection,
    crowds: new Map(answer.places.filter(({ node }) => node !== '').map((place) => [place.node, place])),
    path: two ? answer.path : [],
    wrong: two && first?.state === ReachState.WRONG ? first.nodes : [],
  };
}

export interface WayLine {
  key: string;
  path: string;
  wrong: boolean;
}

export interface Drawn {
  lines: readonly WayLine[];
  /** By the key of a frame where it stands for its nodes, else by node. */
  crowds: ReadonlyMap<string, Crowd>;
  onPath: ReadonlySet<string>;
  wrong: ReadonlySet<string>;
}

/** The way over a layout: node by node, or domain by domain where nodes are not drawn. */
export function drawWay(
  { frames, clustered }: MapLayout,
  way: Way,
  domains: ReadonlyMap<string, string>,
): Drawn {
  const here = frames.filter(({ connection }) => connection === way.connection);
  const byDomain = new Map(here.map((frame) => [frame.domain, frame]));
  const frameOf = (node: string): Frame | undefined => byDomain.get(domains.get(node) ?? '\n');
  const boxes = new Map(here.flatMap((frame) => frame.nodes.map((box) => [box.node.id, box] as const)));
  const boxOf = (node: string): Box | undefined => boxes.get(node) ?? (clustered ? frameOf(node) : undefined);
  const lines = way.path.slice(1).flatMap((node, index): WayLine[] => {
    const before = way.path[index] ?? '';
    const [a, b] = [boxOf(before), boxOf(node)];
    if (!a || !b || a === b) return [];
    const wrong = way.wrong.includes(before) && way.wrong.includes(node);
    return [{ key: `${before}\n${node}`, path: clustered ? between(a, b) : pathOf(a, b), wrong }];
  });
  const keyOf = (node: string): string | undefined =>
    clustered && !boxes.has(node) ? frameOf(node)?.key : node;
  const keys = (nodes: readonly string[]): ReadonlySet<string> =>
    new Set(nodes.flatMap((node) => keyOf(node) ?? []));
  const crowds = new Map<string, Crowd>();
  for (const [node, crowd] of way.crowds) {
    const key = keyOf(node);
    if (key === undefined) continue;
    const found = crowds.get(key);
    crowds.set(
      key,
      found
        ? {
            members: found.members + crowd.members,
            online: found.online + crowd.online,
            offline: found.offline + crowd.offline,
            names: [...found.names, ...crowd.names],
          }
        : crowd,
    );
  }
  return {
    lines,
    crowds,
    onPath: keys(way.path),
    wrong: way.wrong.length === 1 ? keys(way.wrong) : new Set(),
  };
}

/** "3 members, 1 offline"; of one, its name. */
export function crowdWords({ members, offline, names }: Crowd): string {
  const [only = ''] = names;
  if (members === 1 && only !== '')
    return `${escapeText(only.split('/')[2] ?? only)}${offline > 0 ? ', offline' : ''}`;
  return `${members} ${members === 1 ? 'member' : 'members'}${offline > 0 ? `, ${offline} offline` : ''}`;
}
