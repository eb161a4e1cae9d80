import { Code, ConnectError } from '@connectrpc/connect';
import { refuse } from '../upstream/refuse.ts';
import { authorityFingerprints } from '../upstream/spire/connection.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryRow } from '../upstream/spire/rows.ts';
import { badInput } from './action.ts';
import type { ActionContext, Target } from './action.ts';

/** The SPIRE server an input means: by name, or by trust domain when only one has it. */
export function spireConnection(
  context: ActionContext,
  name: string | undefined,
  trustDomain: string | undefined,
): SpireConnection {
  const all = context.connections.spire;
  if (name !== undefined && name !== '') {
    const found = all.find(({ link }) => link.name === name);
    if (!found)
      throw badInput('connection', `there is no SPIRE server of this name; there are: ${listed(all)}.`);
    return found;
  }
  const candidates =
    trustDomain === undefined
      ? all
      : all.filter(({ link, config }) => (link.trustDomain || config.trustDomain) === trustDomain);
  const [only] = candidates;
  if (candidates.length === 1 && only) return only;
  if (candidates.length === 0)
    throw badInput(
      'connection',
      `no connected SPIRE server issues for this trust domain; there are: ${listed(all)}.`,
    );
  throw badInput('connection', `name one of: ${listed(candidates)}.`);
}

const listed = (all: readonly SpireConnection[]): string =>
  all.map(({ link }) => link.name).join(', ') || 'none';

/** Reads the server's own bundle and binds the plan to it. `needs` is the capability without which nothing is planned. */
export async function bindTarget(connection: SpireConnection, needs = 'entries.write'): Promise<Target> {
  const { name } = connection.link;
  const lacks = connection.link.lacks(needs);
  if (lacks !== '') throw new ConnectError(`${name}: ${lacks}`, Code.FailedPrecondition);
  try {
    const own = await connection.readOwnBundle();
    return { connection: name, trustDomain: own.trustDomain, fingerprints: authorityFingerprints(own) };
  } catch (error) {
    throw refuse('Reading the server’s own bundle', name, error);
  }
}

/** Empty when the same server still answers there (S-27); a rotation keeps an authority in common. */
export async function checkTarget(connection: SpireConnection, target: Target): Promise<string> {
  const own = await connection.readOwnBundle();
  if (own.trustDomain !== target.trustDomain) return `the server now issues for ${own.trustDomain}`;
  const common = authorityFingerprints(own).some((print) => target.fingerprints.includes(print));
  return common || target.fingerprints.length === 0
    ? ''
    : 'another server, with other authorities, answers there now';
}

/** Says what makes an entry another than the one planned for. Not all changes raise the revision. */
export function drift(before: EntryRow, now: EntryRow | undefined): string {
  if (!now) return `entry ${before.id} was deleted`;
  if (now.revisionNumber !== before.revisionNumber) {
    return `entry ${before.id} is at revision ${now.revisionNumber}, it was at ${before.revisionNumber}`;
  }
  const same = (one: EntryRow): string =>
    JSON.stringify({ ...one, federatesWith: one.federatesWith.toSorted() }, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value,
    );
  return same(before) === same(now) ? '' : `entry ${before.id} was changed`;
}

/** Reads entries by id; in the order given. */
export function readEntries(
  { client }: SpireConnection,
  ids: readonly string[],
): Promise<(EntryRow | undefined)[]> {
  return readEach(ids, (id) => client.entry(id));
}

/** Reads one by one, a few at a time; in the order given. */
export async function readEach<T>(
  ids: readonly string[],
  read: (id: string) => Promise<T | undefined>,
): Promise<(T | undefined)[]> {
  const out: (T | undefined)[] = [];
  const width = 16;
  for (let at = 0; at < ids.length; at += width)
    out.push(...(await Promise.all(ids.slice(at, at + width).map(read))));
  return out;
}

/** The first few of ids that are not there, for a refusal. */
export function named(ids: readonly string[]): string {
  const more = ids.length > 5 ? ` and ${ids.length - 5} more` : '';
  return `${ids.slice(0, 5).join(', ')}${more}`;
}
