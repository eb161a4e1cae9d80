import type { JsonValue } from './json.ts';
import { type Parsed, parsed, refused } from './result.ts';

interface YamlDocument {
  readonly errors: readonly { readonly pos: readonly [number, number] }[];
  toJS(options: { mapAsMap: true; maxAliasCount: number }): unknown;
}

/** What is used of the library `yaml`; domain has no dependencies, so the page and the command line bring it. */
export interface YamlLibrary {
  parseAllDocuments(
    text: string,
    options: { schema: 'failsafe'; merge: false; uniqueKeys: false; prettyErrors: false; logLevel: 'error' },
  ): Iterable<YamlDocument>;
}

/** Aliases expand what they name each time: more than a manifest needs is a bomb. */
const mostAliases = 64;
/** Lists of a text have stars, too. */
const mostStars = 512;
const deepest = 64;
const mostCharacters = 256 * 1024;

/** YAML as JSON values, every scalar as it was written. Refuses what is nested too deep or expands too far. */
export function parseYaml(text: string, yaml: YamlLibrary): Parsed<readonly JsonValue[]> {
  if (text.length > mostCharacters)
    return refused('yaml-size', 'This is more than 256 KiB of YAML: paste the pod alone.');
  // By number and before anything is built of them; a star in quotes or in a word is none.
  const stars = text.match(/(?:^|[\s[{,:-])\*/gu)?.length ?? 0;
  const aliases = text.match(/(?:^|[\s[{,:-])\*[^\s,[\]{}*]+/gu)?.length ?? 0;
  if (aliases > mostAliases || stars > mostStars)
    return refused('yaml-aliases', `The YAML uses more than ${mostAliases} aliases: paste the pod alone.`);
  // Opened again and again without anything between: the library would go as deep as there is text.
  if (/(?:[[{]\s*){70}|(?:[-?] +){70}/u.test(text))
    return refused('yaml-depth', 'The YAML is nested too deep.');
  try {
    const values: JsonValue[] = [];
    for (const document of yaml.parseAllDocuments(text, {
      schema: 'failsafe',
      merge: false,
      // Both take time by the square of what is written.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    })) {
      const [error] = document.errors;
      if (error) {
        const line = text.slice(0, error.pos[0]).split('\n').length;
        return refused('yaml-syntax', `The YAML cannot be read at line ${line}.`);
      }
      const budget = { left: 200_000 };
      const value = checked(document.toJS({ mapAsMap: true, maxAliasCount: mostAliases }), 0, budget);
      if (value !== undefined) values.push(value);
    }
    return parsed(values);
  } catch (error) {
    if (error instanceof TooMuch || error instanceof RangeError || error instanceof ReferenceError)
      return refused('yaml-depth', 'The YAML is nested too deep, or its aliases expand too far.');
    return refused('yaml-syntax', 'The YAML cannot be read.');
  }
}

class TooMuch extends Error {}

function checked(value: unknown, depth: number, budget: { left: number }): JsonValue | undefined {
  budget.left -= 1;
  if (depth > deepest || budget.left < 0) throw new TooMuch();
  if (value === null || value === undefined) return undefined;
  if (value instanceof Map) {
    const out = new Map<string, JsonValue>();
    for (const [name, member] of value) {
      const inner = checked(member, depth + 1, budget);
      if (inner !== undefined) out.set(String(name), inner);
    }
    return out;
  }
  if (Array.isArray(value)) return value.flatMap((one) => checked(one, depth + 1, budget) ?? []);
  return String(value);
}
