import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import type { Role } from '../caller.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryFields } from '../upstream/spire/rows.ts';
import { warn } from '../views/entry-warnings.ts';
import type { ActionContext } from './action.ts';

type Rights = Pick<EntryFields, 'spiffeId' | 'admin' | 'downstream'>;

const shown = 3;

/**
 * Whether entries give power over the whole trust domain, by themselves or by their name. SPIRE asks which entries
 * have the SPIFFE ID of a caller: whoever may make an ordinary entry with an administrator's SPIFFE ID, or an alias
 * that an administrator's entry stands under, makes an administrator. `role` is empty where they do not.
 *
 * @param before what updated entries are now: taking rights away needs them, too
 */
export async function powerOf(
  context: Pick<ActionContext, 'inventory'>,
  connection: SpireConnection,
  after: readonly Rights[],
  before: readonly Rights[] = [],
): Promise<{ role: { role?: Role }; warnings: Warning[] }> {
  const role = { role: 'administrator' as const };
  const { name } = connection.link;
  const flagged = [...after, ...before].some(({ admin, downstream }) => admin || downstream);
  const plain = after
    .filter(({ admin, downstream }) => !admin && !downstream)
    .map(({ spiffeId }) => spiffeId);
  if (plain.length === 0) return { role: flagged ? role : {}, warnings: [] };
  const own = plain.find((id) => id === connection.ownId);
  if (own !== undefined)
    return { role, warnings: [danger(`${own} is what Muster itself signs in to ${name} with`)] };
  const found = await context.inventory.store.powerfulNames(name, plain).catch(() => undefined);
  // Fail closed: what cannot be looked up may be there.
  if (!found || context.inventory.feedState(name)?.asOf === undefined)
    return {
      role,
      warnings: [
        warn(
          'power-unknown',
          `The entries of ${name} have not been read to the end: whether these share a SPIFFE ID with one that has admin or downstream rights cannot be told yet, so the role administrator is needed.`,
        ),
      ],
    };
  const warnings = found
    .slice(0, shown)
    .map(({ spiffeId, through }) =>
      danger(
        spiffeId === through
          ? `Another entry gives ${spiffeId} admin or downstream rights`
          : `An entry ${through} with admin or downstream rights stands under ${spiffeId}`,
      ),
    );
  const rest = found.length - warnings.length;
  if (rest > 0) warnings.push(danger(`The same holds for ${rest} more`));
  return { role: flagged || found.length > 0 ? role : {}, warnings };
}

const danger = (what: string): Warning =>
  warn(
    'power-by-name',
    `${what}. SPIRE goes by the SPIFFE ID: whoever gets an SVID through this has those rights.`,
    Severity.DANGER,
  );
