import { canonical, columns, meaningOf, named, nested } from './columns.ts';
import type { RawRow } from './types.ts';

/**
 * One entry of JSON or YAML. Taken are the shapes of `spire-server entry create -data`, of `spire-server entry show
 * -output json` and of `muster view entries --json`: IDs as text or in two parts, selectors as text or in two parts.
 */
export function objectRow(item: unknown, line: number, notes: string[]): RawRow {
  const row: RawRow = { line, values: new Map(), problems: [] };
  const say = (field: string, message: string) => row.problems.push({ line, field, message });
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    say('', 'expected an entry: an object with spiffe_id, parent_id and selectors.');
    return row;
  }
  // A Map: a key such as __proto__ is only a name (S-25).
  for (const [given, value] of fieldsOf(item)) {
    const name = canonical(given);
    switch (meaningOf(name)) {
      case 'field':
        if (row.values.has(name)) say(name, 'it is there under two names.');
        if (value !== null && value !== undefined) row.values.set(name, flat(name, value));
        break;
      case 'not-set':
        if (isSet(value)) say(name, 'Muster does not set this. Take it out, and set it with spire-server.');
        break;
      case 'unknown':
        say(named([given]), `there is no such field. There are ${[...columns.keys()].join(', ')}.`);
        break;
      default: {
        const note = `Passed over, for only the server can say it: ${name}.`;
        if (!notes.includes(note)) notes.push(note);
      }
    }
  }
  return row;
}

/** With those of SPIRE’s nested message beside the others. */
function fieldsOf(item: object): [string, unknown][] {
  return Object.entries(item).flatMap(([given, value]: [string, unknown]): [string, unknown][] =>
    canonical(given) === nested && typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value ?? {})
      : [[given, value]],
  );
}

const isSet = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.values(value).some(isSet) : Boolean(value);

function flat(name: string, value: unknown): unknown {
  if (name === 'spiffe_id' || name === 'parent_id') {
    const parts = partsOf(value, 'trust_domain', 'path');
    return parts ? `spiffe://${parts[0]}${parts[1]}` : value;
  }
  if (name === 'selectors' && Array.isArray(value))
    return value.map((one: unknown) => partsOf(one, 'type', 'value')?.join(':') ?? one);
  return value;
}

function partsOf(value: unknown, first: string, second: string): [string, string] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const parts = new Map<string, unknown>(Object.entries(value).map(([key, part]) => [canonical(key), part]));
  const [a, b] = [parts.get(first), parts.get(second)];
  return typeof a === 'string' && typeof b === 'string' ? [a, b] : undefined;
}
