import type { SpireConnection } from '../upstream/spire/connection.ts';
import { badInput } from './action.ts';
import type { ActionContext } from './action.ts';
import { spireConnection } from './spire-target.ts';

/** The SPIRE server that has these entries, when the input does not name it. */
export async function findHolder(
  context: ActionContext,
  name: string | undefined,
  ids: readonly string[],
): Promise<SpireConnection> {
  const all = context.connections.spire;
  if ((name !== undefined && name !== '') || all.length === 1)
    return spireConnection(context, name, undefined);
  const names = all.map(({ link }) => link.name);
  const holders = (await context.inventory.store.entryById(names, ids[0] ?? '', 0)).map(
    ({ connection }) => connection,
  );
  const [only] = holders;
  if (holders.length === 1 && only !== undefined) return spireConnection(context, only, undefined);
  throw badInput(
    'connection',
    `${holders.length === 0 ? 'no server is known to have this entry; name' : 'several servers have it; name'} one of: ${(holders.length === 0 ? names : holders).join(', ')}.`,
  );
}
