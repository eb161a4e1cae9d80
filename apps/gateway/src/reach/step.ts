import type { JsonObject } from '@bufbuild/protobuf';

export type StepKind =
  'membership' | 'presence' | 'node' | 'link' | 'route' | 'node-truth' | 'identity' | 'trust' | 'mls';

export type StepState = 'good' | 'wrong' | 'unknown' | 'not-asked';

/** What mends a step: an action ready to plan, or a page, or advice alone. */
export interface Remedy {
  title: string;
  action?: string;
  input?: JsonObject;
  link?: string;
}

export interface Step {
  kind: StepKind;
  title: string;
  state: StepState;
  /** What was seen; in a server's own words where it has any. */
  detail: string;
  link?: string;
  remedies?: readonly Remedy[];
  asOf?: Date | undefined;
  /** Nodes it is about: one, or the two ends of a hop. */
  nodes?: readonly string[];
}

export const query = (path: string, values: Readonly<Record<string, string>>): string => {
  const params = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''));
  return params.size === 0 ? path : `${path}?${params.toString()}`;
};

/** A network can only pass a message once these are known to be good. */
const needed: ReadonlySet<StepKind> = new Set(['membership', 'node', 'link', 'route', 'node-truth']);

/** Whether these count is known only where it is known how members authenticate. */
const believed: ReadonlySet<StepKind> = new Set(['identity', 'trust']);

/**
 * `reaches` when everything that can be known is good: nobody tells whether some members are online, or of MLS.
 * @param spiffe members authenticate by SPIFFE; undefined: not told
 */
export function verdictOf(
  steps: readonly Step[],
  spiffe: boolean | undefined,
): 'reaches' | 'does-not' | 'unknown' {
  const wrong = steps.filter(({ state }) => state === 'wrong');
  if (wrong.some(({ kind }) => spiffe === true || !believed.has(kind))) return 'does-not';
  if (wrong.length > 0) return 'unknown';
  return steps.some(({ kind, state }) => state === 'unknown' && needed.has(kind)) ? 'unknown' : 'reaches';
}

/** Of each kind, how many steps of a state are told one by one. */
const most: Record<StepState, number> = { wrong: 20, unknown: 10, good: 10, 'not-asked': 4 };

/** Steps that are alike beyond the first of them, as one that counts them. */
export function bounded(steps: readonly Step[]): Step[] {
  const seen = new Map<string, number>();
  const rest = new Map<string, Step>();
  const out: Step[] = [];
  for (const step of steps) {
    const key = `${step.kind} ${step.state}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (count <= most[step.state]) {
      out.push(step);
      continue;
    }
    const more = rest.get(key) ?? { kind: step.kind, state: step.state, title: '', detail: '' };
    const n = count - most[step.state];
    more.title = `And ${n.toLocaleString('en')} more`;
    more.detail = `${n === 1 ? 'One more is' : `${n.toLocaleString('en')} more are`} ${words[step.state]}.`;
    if (!rest.has(key)) {
      rest.set(key, more);
      out.push(more);
    }
  }
  return out;
}

const words: Record<StepState, string> = {
  good: 'as good',
  wrong: 'wrong in the same way',
  unknown: 'not known',
  'not-asked': 'not looked at',
};
