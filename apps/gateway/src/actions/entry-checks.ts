import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { EntryFields, EntryRow } from '../upstream/spire/rows.ts';
import { authorityExpiry } from '../views/bundle-facts.ts';
import { fieldWarnings, selectorSet, warn } from '../views/entry-warnings.ts';
import { badInput } from './action.ts';
import type { ActionContext } from './action.ts';

/** Federation is refused by the server without a bundle; said here, it names the field. */
export async function checkFederation(
  connection: SpireConnection,
  trustDomain: string,
  entries: readonly { at: string; names: readonly string[] }[],
): Promise<void> {
  if (entries.every(({ names }) => names.length === 0)) return;
  const known = new Set((await connection.client.federatedBundles()).map((bundle) => bundle.trustDomain));
  for (const { at, names } of entries) {
    names.forEach((name, index) => {
      const problem = federationProblem(name, trustDomain, known);
      if (problem !== '') throw badInput(`${at}.federates_with[${index}]`, problem);
    });
  }
}

/** Why a server refuses to let an entry federate with this trust domain; empty when it does not. */
export function federationProblem(name: string, own: string, known: ReadonlySet<string>): string {
  if (name === own) return 'it is the server’s own trust domain; every SVID trusts it anyway.';
  return known.has(name) ? '' : `the server has no bundle of ${name}. Federate with it first.`;
}

/** What a person should know before this entry is there. */
export async function planWarnings(
  context: ActionContext,
  connection: SpireConnection,
  fields: EntryFields,
  subject: string,
): Promise<Warning[]> {
  const now = Math.floor(context.now().getTime() / 1000);
  const out = fieldWarnings(fields, BigInt(now));
  out.push(...ttlWarnings(connection, fields, now));
  if (!(await parentKnown(context, connection, fields.parentId, now))) {
    out.push(
      warn(
        'parent-unknown',
        `No agent or entry has the parent ID ${fields.parentId}: nothing will serve this entry until one has.`,
      ),
    );
  }
  return out.map((one) => ({ ...one, text: `${subject}${one.text}` }));
}

/** SPIRE shortens what outlives its authority, without a word. */
export function ttlWarnings(connection: SpireConnection, fields: EntryFields, now: number): Warning[] {
  const own = connection.ownBundle;
  if (!own) return [];
  const left = authorityExpiry(own) - BigInt(now);
  const most = Math.max(fields.x509SvidTtl, fields.jwtSvidTtl);
  if (left <= 0n || BigInt(most) <= left) return [];
  return [
    warn(
      'ttl-beyond-authority',
      `Its TTL of ${most} s is longer than the signing authority lives (${left} s): SPIRE silently shortens its SVIDs.`,
    ),
  ];
}

/** Whether an agent or an entry has this ID; by our copy. */
export async function parentKnown(
  context: ActionContext,
  connection: SpireConnection,
  parentId: string,
  now: number,
): Promise<boolean> {
  if (parentId.endsWith('/spire/server')) return true;
  const { store } = context.inventory;
  const { name } = connection.link;
  if (await store.agentById(name, parentId, now)) return true;
  return (await store.entriesBySpiffeId(name, parentId, now)).length > 0;
}

/** Entries that the server would call similar: same ID, parent and set of selectors. */
export async function similarEntries(connection: SpireConnection, fields: EntryFields): Promise<EntryRow[]> {
  const set = selectorSet(fields.selectors);
  const like = await connection.client.entriesLike(fields.spiffeId, fields.parentId);
  return like.filter((row) => selectorSet(row.selectors) === set);
}

export function similarWarning(subject: string, rows: readonly EntryRow[], consequence: string): Warning {
  return warn(
    'similar',
    `${subject}Entry ${rows.map(({ id }) => id).join(', ')} has the same ID, parent and selectors. ${consequence}`,
    Severity.WARNING,
  );
}
