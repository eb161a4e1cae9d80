import { Code, ConnectError } from '@connectrpc/connect';
import { quote } from '@muster/domain';
import { refuse } from '../upstream/refuse.ts';
import { badInput } from './action.ts';
import type { Action } from './action.ts';
import { planCreate } from './entry-create.ts';
import { findHolder } from './entry-holder.ts';
import { complete, parseFields, toInput } from './entry-input.ts';
import type { EntryInput } from './entry-input.ts';
import { count } from './results.ts';
import { bindTarget, readEntries, spireConnection } from './spire-target.ts';

const places = ['spiffe_id', 'selectors', 'dns_names', 'hint'] as const;
type Place = (typeof places)[number];

interface Replacement {
  find: string;
  with: string;
  in?: Place[];
}

interface Input {
  /** Server that has the entries. */
  connection?: string;
  ids: string[];
  /** Server to make the copies on; the same one when it is not given. */
  to?: string;
  /** A copy of each entry for each of these; none: the parent each has, on the same server only. */
  parents?: string[];
  replace?: Replacement[];
}

const mostCopies = 1000;
/** Of an ID, a selector, a name or a hint: none may be longer anyway. */
const longestPlace = 4096;
const short = { type: 'string', maxLength: 2048 };

/**
 * Makes entries like others: on another server, or under other parents, one for each. What the copies share and what
 * tells them apart is said by replacements; `{parent}` in one is the last segment of the parent's path, `{n}` its number.
 */
export const entryClone: Action<Input> = {
  name: 'entry.clone',
  title: 'Clone registration entries',
  role: 'operator',
  inverse: 'entry.delete',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['ids'],
    properties: {
      connection: { type: 'string', maxLength: 63, description: 'Server that has the entries.' },
      ids: {
        type: 'array',
        minItems: 1,
        maxItems: 1000,
        items: { type: 'string', minLength: 1, maxLength: 255 },
      },
      to: { type: 'string', maxLength: 63, description: 'Server to make the copies on.' },
      parents: {
        type: 'array',
        maxItems: 500,
        items: { ...short, minLength: 1 },
        description: 'Parent IDs; every entry is copied for each.',
      },
      replace: {
        type: 'array',
        maxItems: 20,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['find', 'with'],
          properties: {
            find: { ...short, minLength: 1 },
            with: { ...short, description: 'May have {parent} and {n}.' },
            in: { type: 'array', minItems: 1, items: { enum: places } },
          },
        },
      },
    },
  },

  async plan({ connection: name, ids: given, to, parents: hosts = [], replace = [] }, context) {
    const ids = [...new Set(given)];
    const parents = [...new Set(hosts)];
    const source = await findHolder(context, name, ids);
    const connection = to === undefined || to === '' ? source : spireConnection(context, to, undefined);
    const target = await bindTarget(connection);
    const found = await readEntries(source, ids).catch((error: unknown) => {
      throw refuse('Reading the entries', source.link.name, error);
    });
    const missing = found.findIndex((row) => !row);
    if (missing >= 0)
      throw new ConnectError(
        `ids[${missing}]: ${source.link.name} has no registration entry ${ids[missing]}. Deleted already?`,
        Code.NotFound,
      );
    const copies = ids.length * Math.max(1, parents.length);
    if (copies > mostCopies)
      throw badInput(
        'parents',
        `${ids.length} entries for ${parents.length} parents are ${copies}, and one plan takes ${mostCopies}.`,
      );
    const inputs: { input: EntryInput; at: string; fields: ReturnType<typeof complete> }[] = [];
    for (const row of found) {
      if (!row) continue;
      for (const [n, parent] of (parents.length === 0 ? [undefined] : parents).entries()) {
        const at =
          parents.length === 0 ? `copy of ${row.spiffeId}` : `copy of ${row.spiffeId} for parents[${n}]`;
        if (parent === undefined && domainOf(row.parentId) !== target.trustDomain)
          throw badInput(
            'parents',
            `${row.spiffeId} has a parent of ${domainOf(row.parentId)}; name the parents on ${target.connection}, which issues for ${target.trustDomain}.`,
          );
        const input = cloned(toInput(row), parent, target.trustDomain, replace, n + 1);
        inputs.push({ input, at, fields: complete(parseFields(input, at, target.trustDomain)) });
      }
    }
    const plan = await planCreate(
      context,
      connection,
      target,
      inputs.map(({ fields }) => fields),
      (index) => inputs[index]?.at ?? 'ids',
    );
    return {
      ...plan,
      title: `Create ${count(copies, 'copy', 'copies')} of ${count(ids.length, 'entry', 'entries')}`,
      // The copies follow from what the entries are now, which the input does not say.
      before: inputs.map(({ fields }) => fields),
    };
  },
};

/** The last segment of a parent's path, as people name a host. */
const lastSegment = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

const domainOf = (id: string): string => id.slice('spiffe://'.length).split('/', 1)[0] ?? '';

function cloned(
  input: EntryInput,
  parent: string | undefined,
  trustDomain: string,
  replace: readonly Replacement[],
  n: number,
): EntryInput {
  const from = domainOf(input.spiffe_id);
  const own = parent ?? input.parent_id;
  const move = (text: string, place: Place): string =>
    replace.reduce((now, one) => {
      if (one.in && !one.in.includes(place)) return now;
      // Plain text on both sides: no pattern, so nothing to run for ever (S-37), and $ is only a dollar.
      const by = one.with.replaceAll('{parent}', () => lastSegment(own)).replaceAll('{n}', () => String(n));
      // Counted before it is made: twenty replacements of one letter by 2048 would fill any memory (S-18).
      const length = now.length + (now.split(one.find).length - 1) * (by.length - one.find.length);
      if (length > longestPlace)
        throw badInput(
          'replace',
          `it makes ${quote(one.find.slice(0, 64))} longer than ${longestPlace} characters.`,
        );
      return now.replaceAll(one.find, () => by);
    }, text);
  const path = input.spiffe_id.slice(`spiffe://${from}`.length);
  return {
    ...input,
    parent_id: own,
    spiffe_id: `spiffe://${trustDomain}${move(path, 'spiffe_id')}`,
    selectors: input.selectors.map((one) => move(one, 'selectors')),
    dns_names: (input.dns_names ?? []).map((one) => move(one, 'dns_names')),
    hint: move(input.hint ?? '', 'hint'),
    // Every SVID trusts its own trust domain anyway, and the server it goes to refuses to be told so.
    federates_with: (input.federates_with ?? []).filter((name) => name !== trustDomain),
  };
}
