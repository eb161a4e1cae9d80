import { keyOf, type Opened, type TreeServer } from './rows.ts';

/** Longest text for the address, and most levels that an address opens: each is a request. */
const MOST_TEXT = 1800;
const MOST_LEVELS = 60;
const MOST_CHILD = 10_000_000;
/** Nothing is open, where something would be of itself. */
const NONE = '-';

// Neither stands in a SPIFFE ID nor is changed by an address; in names that have them they are spelled out.
const [STEP, WAY] = ['*', '**'];
const escaped = (name: string): string => name.replaceAll('%', '%25').replaceAll('*', '%2A');
const plain = (name: string): string => name.replaceAll('%2A', '*').replaceAll('%25', '%');

/** What is open before anybody opened anything. A handful of servers is; of many, each is a choice. */
export const rootsOf = (servers: readonly TreeServer[]): ReadonlyMap<string, Opened> =>
  new Map(
    servers.length > 4
      ? []
      : servers.map(({ name }, index) => [keyOf('', name), { parent: '', index, server: name, node: '' }]),
  );

/**
 * What is open, as text for the address: the ways to the innermost levels, each step with its place in its level, so that
 * it is found without reading all before it. `undefined` for what is open of itself; what does not fit is left out.
 */
export function openedText(
  opened: ReadonlyMap<string, Opened>,
  servers: readonly TreeServer[],
): string | undefined {
  const roots = rootsOf(servers);
  if (opened.size === roots.size && [...opened.keys()].every((key) => roots.has(key))) return undefined;
  const outer = new Set([...opened.values()].map(({ parent }) => parent));
  let [text, levels] = ['', 0];
  for (const key of opened.keys()) {
    if (outer.has(key)) continue;
    const way = wayTo(key, opened);
    const next = text === '' ? way.join(STEP) : `${text}${WAY}${way.join(STEP)}`;
    if (next.length > MOST_TEXT || levels + way.length > MOST_LEVELS) continue;
    text = next;
    levels += way.length;
  }
  return text === '' ? NONE : text;
}

function wayTo(key: string, opened: ReadonlyMap<string, Opened>): string[] {
  const way: string[] = [];
  for (let at = opened.get(key); at; at = opened.get(at.parent))
    way.unshift(at.node === '' ? escaped(at.server) : `${at.index}:${escaped(at.node)}`);
  return way;
}

/** What an address opens. Servers that are not there and steps that cannot be read open nothing. */
export function readOpened(
  text: string | undefined,
  servers: readonly TreeServer[],
): ReadonlyMap<string, Opened> {
  if (text === undefined) return rootsOf(servers);
  const opened = new Map<string, Opened>();
  for (const way of text.slice(0, MOST_TEXT).split(WAY)) {
    const [first = '', ...steps] = way.split(STEP);
    const server = plain(first);
    const index = servers.findIndex(({ name }) => name === server);
    if (index < 0) continue;
    let parent = keyOf('', server);
    opened.set(parent, { parent: '', index, server, node: '' });
    for (const step of steps) {
      const read = /^(\d{1,8}):(.+)$/su.exec(step);
      if (!read || Number(read[1]) > MOST_CHILD || opened.size >= MOST_LEVELS) break;
      const node = plain(read[2] ?? '');
      const key = keyOf(parent, node);
      opened.set(key, { parent, index: Number(read[1]), server, node });
      parent = key;
    }
  }
  return opened;
}
