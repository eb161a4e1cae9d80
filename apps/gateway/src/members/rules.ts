import { parseSlimName, parseSpiffeId } from '@muster/domain';
import type { SlimIdentityRule } from '../config/types.ts';

/** What stands behind a name by the first rule that fits it. */
export interface RuleMatch {
  spiffeId: string;
  /** The rule as configured. */
  rule: string;
}

/** One part of a template between slashes: text, or text around one named part. */
interface Segment {
  before: string;
  /** Empty: none, all of it is `before`. */
  part: string;
  after: string;
}

interface Mistake {
  key: keyof SlimIdentityRule;
  expected: string;
}

const scheme = 'spiffe://';
const partName = /^[A-Za-z][A-Za-z0-9_]{0,31}$/u;

/** What is wrong with a rule, for who wrote the configuration; undefined: nothing. */
export function ruleMistake({ name, spiffeId }: SlimIdentityRule): Mistake | undefined {
  if (!spiffeId.startsWith(scheme))
    return { key: 'spiffeId', expected: 'a SPIFFE ID such as spiffe://example.org/ns/{namespace}/{app}' };
  const names = readTemplate(name);
  if (typeof names === 'string') return { key: 'name', expected: names };
  const ids = readTemplate(spiffeId.slice(scheme.length));
  if (typeof ids === 'string') return { key: 'spiffeId', expected: ids };
  // With a letter for each part, both must be what they are templates of.
  const sample = (segments: readonly Segment[]): string =>
    segments.map(({ before, part, after }) => before + (part === '' ? '' : 'x') + after).join('/');
  const slim = parseSlimName(sample(names));
  if (!slim.ok || slim.value.instance !== undefined)
    return { key: 'name', expected: 'a SLIM name of three parts such as acme/{namespace}/{app}' };
  const id = parseSpiffeId(scheme + sample(ids));
  if (!id.ok)
    return { key: 'spiffeId', expected: `a SPIFFE ID once its parts are filled in: ${id.problem.message}` };
  const [inName, inId] = [partsOf(names), partsOf(ids)];
  const lacking = [...inId].find((part) => !inName.has(part));
  if (lacking !== undefined)
    return { key: 'spiffeId', expected: `parts that \`name\` has too; it has no {${lacking}}` };
  const idle = [...inName].find((part) => !inId.has(part));
  if (idle !== undefined)
    return {
      key: 'name',
      expected: `parts that \`spiffeId\` has too: without {${idle}} there, several names would be one identity`,
    };
  return undefined;
}

/** Which SPIFFE identity a SLIM name stands for, by rules that `ruleMistake` has nothing against. */
export class IdentityRules {
  readonly #rules: readonly { rule: string; name: readonly Segment[]; id: readonly Segment[] }[];

  constructor(rules: readonly SlimIdentityRule[]) {
    this.#rules = rules.flatMap(({ name, spiffeId }) => {
      const names = readTemplate(name);
      const ids = readTemplate(spiffeId.slice(scheme.length));
      return typeof names === 'string' || typeof ids === 'string'
        ? []
        : [{ rule: `${name} <-> ${spiffeId}`, name: names, id: ids }];
    });
  }

  get any(): boolean {
    return this.#rules.length > 0;
  }

  /** `name` is org/namespace/app. One that no SPIFFE ID can be made of, e.g. for a letter it may not have, fits no rule. */
  of(name: string): RuleMatch | undefined {
    const segments = name.split('/');
    for (const { rule, name: template, id } of this.#rules) {
      const values = match(template, segments);
      if (!values) continue;
      const spiffeId = scheme + fill(id, values);
      if (parseSpiffeId(spiffeId).ok) return { spiffeId, rule };
    }
    return undefined;
  }
}

/** The template's segments, or what it should have been. One part a segment: it can be read in one way only. */
function readTemplate(text: string): Segment[] | string {
  const segments: Segment[] = [];
  for (const piece of text.split('/')) {
    const [before = '', rest, ...more] = piece.split('{');
    const [part = '', after, ...others] = (rest ?? '').split('}');
    if (rest === undefined) {
      if (before.includes('}')) return `a { before each }, as in {app}; “${piece}” has none`;
      segments.push({ before, part: '', after: '' });
      continue;
    }
    if (more.length > 0 || others.length > 0)
      return `at most one part between two slashes; “${piece}” could be read in several ways`;
    if (after === undefined || before.includes('}')) return `parts written {app}; “${piece}” is not closed`;
    if (!partName.test(part))
      return `a part named by letters, digits and _, as in {namespace}; {${part}} is not`;
    segments.push({ before, part, after });
  }
  return segments;
}

const partsOf = (segments: readonly Segment[]): Set<string> =>
  new Set(segments.flatMap(({ part }) => (part === '' ? [] : [part])));

/** Values of the parts, or undefined where it does not fit; a part named twice has one value. */
function match(template: readonly Segment[], segments: readonly string[]): Map<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const values = new Map<string, string>();
  for (const [index, { before, part, after }] of template.entries()) {
    const text = segments[index] ?? '';
    if (part === '') {
      if (text !== before) return undefined;
      continue;
    }
    if (text.length <= before.length + after.length || !text.startsWith(before) || !text.endsWith(after))
      return undefined;
    const value = text.slice(before.length, text.length - after.length);
    if ((values.get(part) ?? value) !== value) return undefined;
    values.set(part, value);
  }
  return values;
}

const fill = (template: readonly Segment[], values: ReadonlyMap<string, string>): string =>
  template
    .map(({ before, part, after }) => before + (part === '' ? '' : (values.get(part) ?? '')) + after)
    .join('/');
