import { formatSelector, type Selector } from './selector.ts';
import { nodeTypesWithout, type SelectorKey, splitSelector, unknownSelector } from './selector-vocabulary.ts';

export type SelectorVerdict =
  'matches' | 'missing' | 'value-differs' | 'case-differs' | 'unknown-key' | 'cannot-tell' | 'node-only';

export interface SelectorJudgement {
  readonly wanted: Selector;
  readonly verdict: SelectorVerdict;
  /** What the workload has instead, whole; empty: nothing near. */
  readonly has: string;
  /** How they differ; empty where it matches. */
  readonly text: string;
}

/** What is known of one workload's selectors. */
export class WorkloadSelectors {
  readonly all: readonly Selector[];
  readonly unknown: readonly string[];
  readonly #exact: ReadonlySet<string>;
  readonly #folded = new Map<string, string>();
  readonly #byStem = new Map<string, string[]>();
  readonly #keys = new Set<string>();

  /** `unknown`: what the evidence cannot tell, as `type`, `type:key` or `type:key:name`; `*` is everything. */
  constructor(selectors: readonly Selector[], unknown: readonly string[] = []) {
    this.all = selectors;
    this.unknown = unknown;
    const texts = selectors.map(formatSelector);
    this.#exact = new Set(texts);
    for (const [index, selector] of selectors.entries()) {
      const text = texts[index] ?? '';
      this.#folded.set(text.toLowerCase(), text);
      const { stem, key } = splitSelector(selector);
      const folded = stem.toLowerCase();
      this.#byStem.set(folded, [...(this.#byStem.get(folded) ?? []), text]);
      if (key) this.#keys.add(`${key.type}:${key.key}`);
    }
  }

  has(selector: Selector): boolean {
    return this.#exact.has(formatSelector(selector));
  }

  foldedEqual(text: string): string | undefined {
    return this.#folded.get(text.toLowerCase());
  }

  ofStem(stem: string): readonly string[] {
    return this.#byStem.get(stem.toLowerCase()) ?? [];
  }

  hasKey(type: string, key: string): boolean {
    return this.#keys.has(`${type}:${key}`);
  }

  cannotTell(selector: Selector): boolean {
    if (this.unknown.length === 0) return false;
    const { stem } = splitSelector(selector);
    return this.unknown.some((what) => what === '*' || stem === what || stem.startsWith(`${what}:`));
  }
}

/** Judges every selector that an entry wants. SPIRE compares type and value byte by byte. */
export function judgeSelectors(
  wanted: readonly Selector[],
  workload: WorkloadSelectors,
): SelectorJudgement[] {
  return wanted.map((selector) => judgeSelector(selector, workload));
}

function judgeSelector(wanted: Selector, workload: WorkloadSelectors): SelectorJudgement {
  if (workload.has(wanted)) return { wanted, verdict: 'matches', has: formatSelector(wanted), text: '' };
  const text = formatSelector(wanted);
  const { key, stem, rest } = splitSelector(wanted);
  const answer = (verdict: SelectorVerdict, has: string, words: string): SelectorJudgement => ({
    wanted,
    verdict,
    has,
    text: words,
  });
  if (key?.of === 'node' || nodeTypesWithout.includes(wanted.type))
    return answer(
      'node-only',
      '',
      `${wanted.type} is a selector of nodes: agents get it when they attest, workloads never do.`,
    );
  const folded = workload.foldedEqual(text);
  if (folded !== undefined)
    return answer(
      'case-differs',
      folded,
      `The workload has ${folded}: SPIRE tells capital from small letters.`,
    );
  const unknown = unknownSelector(wanted);
  // A type of a third party's attestor: it is not wrong as long as the workload has others of it.
  if (unknown && !(unknown.what === 'type' && workload.all.some(({ type }) => type === wanted.type))) {
    const meant = unknown.meant === undefined ? '' : ` ${unknown.meant} may be meant.`;
    return answer(
      'unknown-key',
      unknown.meant !== undefined && workload.foldedEqual(unknown.meant) !== undefined ? unknown.meant : '',
      unknown.what === 'type'
        ? `No attestor of SPIRE’s own makes selectors of type ${wanted.type}.${meant}`
        : `The ${wanted.type} attestor makes no such key; it has ${list(unknown.known)}.${meant}`,
    );
  }
  const same = workload.ofStem(stem);
  if (same.length > 0) {
    const has = nearestValue(same, text);
    if (workload.cannotTell(wanted)) return answer('cannot-tell', has, unknowable(stem));
    return answer('value-differs', has, howDiffers(key, stem, rest, has));
  }
  if (workload.cannotTell(wanted)) return answer('cannot-tell', '', unknowable(stem));
  return answer('missing', '', whyMissing(key, wanted, stem, workload));
}

const unknowable = (stem: string): string =>
  `What was given does not tell ${stem}: it is made when the workload runs, or was not included.`;

function nearestValue(texts: readonly string[], wanted: string): string {
  const common = (text: string): number => {
    let at = 0;
    while (at < text.length && at < wanted.length && text[at] === wanted[at]) at++;
    return at;
  };
  return texts.toSorted((a, b) => common(b) - common(a))[0] ?? '';
}

function howDiffers(key: SelectorKey | undefined, stem: string, rest: string, has: string): string {
  const value = has.slice(stem.length + 1);
  if (stem.toLowerCase() === has.slice(0, stem.length).toLowerCase() && stem !== has.slice(0, stem.length))
    return `The workload has ${has}: the name differs by case.`;
  if (value.trim() === rest.trim() && value !== rest)
    return `The values differ by a space at an end: ${JSON.stringify(rest)} in the entry, ${JSON.stringify(value)} on the workload.`;
  const image = key !== undefined && /image/u.test(key.key) && !/count|signature|attest/u.test(key.key);
  if (image) return howImagesDiffer(rest, value);
  if (key?.form === 'name=value')
    return `The variable has another value on the workload: ${value}. It was changed in the run command, or in the entry.`;
  if (key?.form === 'name:value') return `The workload has it with another value: ${value}.`;
  return `The workload has ${has}.`;
}

function howImagesDiffer(wanted: string, has: string): string {
  const digest = (text: string): boolean => /sha256:/u.test(text);
  const name = (text: string): string => text.replace(/@.*$/u, '').replace(/:[^/:]*$/u, '');
  if (digest(wanted) !== digest(has))
    return digest(wanted)
      ? `The entry names the image by digest, the workload shows ${has}: compare the digest of what runs.`
      : `The entry names the image by tag, the workload shows ${has}: a runtime reports which of an image’s names it likes.`;
  if (digest(wanted)) return `Another image, or a newer build of it: the workload has ${has}.`;
  if (name(wanted) === name(has)) return `Another tag of the same image: the workload has ${has}.`;
  if (has.endsWith(`/${wanted}`) || wanted.endsWith(`/${has}`))
    return `The registry differs: the workload has ${has}. Runtimes report the whole name.`;
  return `Another image: the workload has ${has}.`;
}

function whyMissing(
  key: SelectorKey | undefined,
  wanted: Selector,
  stem: string,
  workload: WorkloadSelectors,
): string {
  const others = workload.all.some(({ type }) => type === wanted.type);
  if (!others)
    return `The workload has no ${wanted.type} selector at all: that attestor is not on in its agent, or it does not run that way.`;
  if (key?.needs) return `The workload has no ${stem}. It takes ${key.needs}.`;
  if (key?.form === 'name:value' || key?.form === 'name=value') {
    const what = key.form === 'name=value' ? 'variable' : /label/u.test(key.key) ? 'label' : key.key;
    const name = stem.slice(`${key.type}:${key.key}:`.length);
    return workload.hasKey(key.type, key.key)
      ? `The ${what} ${name} is in the entry but not on the workload.`
      : `The workload has no ${what} at all; the entry wants ${name}.`;
  }
  return `The workload has no ${stem}.`;
}

function list(words: readonly string[]): string {
  const shown = words.slice(0, 8).join(', ');
  return words.length > 8 ? `${shown} and others` : shown;
}
