import table from './checks.json' with { type: 'json' };

/** How binding a clause is: DECL is stated without RFC 2119 words, POLICY is Muster's own advice. */
export type Level = 'MUST' | 'SHOULD' | 'DECL' | 'POLICY' | 'MAY';

/** One clause of the SPIFFE specifications that can be checked on a document. */
export interface Clause {
  readonly id: string;
  readonly spec: string;
  readonly section: string;
  readonly level: Level;
  readonly text: string;
}

/** All clauses, in the order of the rule sheet. */
export const clauses = table as readonly Clause[];

const places: ReadonlyMap<string, number> = new Map(clauses.map((item, index) => [item.id, index]));

/** The clause with this id. Throws for an id that is not in the table: that is a mistake in the program. */
export function clause(id: string): Clause {
  const found = clauses[clausePlace(id)];
  if (!found) throw new Error(`There is no clause ${id}.`);
  return found;
}

/** Its place in `clauses`. Throws as `clause` does. */
export function clausePlace(id: string): number {
  const place = places.get(id);
  if (place === undefined) throw new Error(`There is no clause ${id}.`);
  return place;
}
