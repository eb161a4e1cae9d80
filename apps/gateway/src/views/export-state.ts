import { Code, ConnectError } from '@connectrpc/connect';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { bounded } from './context.ts';
import type { ViewContext } from './context.ts';

/** A file that looks whole and is not would be taken for a backup: what was never read to its end is not exported. */
export function refuseHalf(
  { inventory }: ViewContext,
  connections: readonly SpireConnection[],
  what: string,
): void {
  const half = connections.flatMap(({ link: { name } }) => {
    const state = inventory.feedState(name);
    if (state?.asOf) return [];
    const reason = state?.stale ? ` ${state.stale}` : '';
    const far = what === 'entries' ? `, ${state?.read ?? 0} so far` : '';
    return [`${name}: its ${what} have not been read to the end yet${far}.${reason}`];
  });
  if (half.length > 0)
    throw new ConnectError(`${half.join(' ')} Export once they are.`, Code.FailedPrecondition);
}

/** Of each server whose copy may differ from it: of when it is, and why. */
export function staleNotes({ inventory }: ViewContext, connections: readonly SpireConnection[]): string[] {
  return connections.flatMap(({ link: { name } }) => {
    const state = inventory.feedState(name);
    return state?.stale
      ? [`${name} is as it was at ${state.asOf?.toISOString() ?? 'an unknown time'}: ${state.stale}`]
      : [];
  });
}

/** The servers that an export is of, or an answer that says there are none. */
export function someServers(connections: readonly SpireConnection[], trustDomains: readonly string[]): void {
  if (connections.length === 0)
    throw new ConnectError(
      `trust_domains: no SPIRE server of ${trustDomains.map((name) => bounded('trust_domains', name, 255)).join(', ') || 'any trust domain'} is connected.`,
      Code.NotFound,
    );
}
