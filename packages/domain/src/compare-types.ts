/** How one field of two documents relates; the left one is the earlier where they follow one another. */
export type FieldState = 'equal' | 'changed' | 'added' | 'removed';

/** `bad`: hardly ever right. `look`: worth a person's look. `good`: as it should be. `plain`: a fact. */
export type FieldTone = 'good' | 'look' | 'bad' | 'plain';

/** One field of two documents. Texts are escaped and safe to show; neither a private key nor a token's signature is among them. */
export interface ComparedField {
  /** The part of the document: "Leaf", "Claims", "JWT authority “k1”". */
  readonly group: string;
  readonly name: string;
  readonly state: FieldState;
  /** Absent where the field is not there. */
  readonly left?: string;
  readonly right?: string;
  /** What the difference, or that there is none, means; absent where it goes without saying. */
  readonly meaning?: string;
  readonly tone: FieldTone;
}

export type Comparison =
  | {
      readonly comparable: true;
      /** "certificates", "tokens", "bundles", "values". */
      readonly what: string;
      /** The same bytes. */
      readonly identical: boolean;
      readonly fields: readonly ComparedField[];
      /** Fields that are not equal. */
      readonly differences: number;
      /** One sentence. */
      readonly summary: string;
    }
  | { readonly comparable: false; readonly why: string };

/** Gathers fields of one group. */
export class Fields {
  readonly list: ComparedField[] = [];
  readonly group: string;

  constructor(group: string) {
    this.group = group;
  }

  /** Adds a field; `means` says something about it, or nothing. A field that neither side has is left out. */
  add(
    name: string,
    left: string | undefined,
    right: string | undefined,
    means: (state: FieldState) => Meaning | undefined = () => undefined,
  ): void {
    if (left === undefined && right === undefined) return;
    const state =
      left === right ? 'equal' : left === undefined ? 'added' : right === undefined ? 'removed' : 'changed';
    const [tone, meaning] = means(state) ?? ['plain', undefined];
    this.list.push({
      group: this.group,
      name,
      state,
      ...(left === undefined ? {} : { left }),
      ...(right === undefined ? {} : { right }),
      ...(meaning === undefined ? {} : { meaning }),
      tone,
    });
  }
}

export type Meaning = readonly [FieldTone, string];

/** A meaning for every state but `equal`. */
export function differs(tone: FieldTone, words: string) {
  return (state: FieldState): Meaning | undefined => (state === 'equal' ? undefined : [tone, words]);
}

/** A list as one text, in an order that does not depend on the document's. */
export function listed(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : [...values].sort().join(', ');
}

/** "2 h 30 min" from milliseconds: whole units, the two largest. */
export function span(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown';
  const sign = ms < 0 ? '-' : '';
  let rest = Math.round(Math.abs(ms) / 1000);
  const parts: string[] = [];
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    if (whole > 0) parts.push(`${whole} ${unit}`);
  }
  return `${sign}${parts.slice(0, 2).join(' ') || '0 s'}`;
}
