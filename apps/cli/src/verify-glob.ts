/** A pattern of `*`, `?`, `[…]`, `{…,…}` and `**`, cut where folders begin. */
export interface Glob {
  /** Folders before the first wildcard; empty for the current one, `/` for the root. */
  readonly base: string;
  readonly segments: readonly string[];
}

const MOST_ALTERNATIVES = 1000;

export const hasWildcard = (text: string): boolean => /[*?[{]/u.test(text);

/** Patterns without braces that together mean the same, each cut into base and segments. */
export function parseGlob(text: string): readonly Glob[] {
  return expandBraces(text).map((pattern) => {
    const parts = pattern.split('/');
    const first = parts.findIndex(hasWildcard);
    const at = first < 0 ? parts.length - 1 : first;
    const base = parts.slice(0, at).join('/');
    return {
      base: base === '' && pattern.startsWith('/') ? '/' : base,
      segments: parts.slice(at).filter((part) => part !== '' && part !== '.'),
    };
  });
}

/** `a{b,c}d` is `abd` and `acd`, as in a shell: the innermost first. Braces without a comma stay as they are. */
export function expandBraces(text: string): readonly string[] {
  const done: string[] = [];
  const left = [text];
  for (let pattern = left.pop(); pattern !== undefined; pattern = left.pop()) {
    const [whole, inner] = /\{([^{}]*,[^{}]*)\}/u.exec(pattern) ?? [];
    if (whole === undefined || inner === undefined) {
      done.push(pattern);
      continue;
    }
    const at = pattern.indexOf(whole);
    const parts = inner.split(',');
    if (done.length + left.length + parts.length > MOST_ALTERNATIVES) return [text];
    for (const part of parts) left.push(`${pattern.slice(0, at)}${part}${pattern.slice(at + whole.length)}`);
  }
  return [...new Set(done)].toSorted();
}

/**
 * Whether one name (no folder) fits one segment of a pattern. Work is at most their lengths multiplied, whatever the
 * pattern. A dot at the start is only matched by a dot, unless `hidden`.
 */
export function matchesSegment(pattern: string, name: string, hidden = false): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.') && !hidden) return false;
  const [wanted, given] = [tokensOf(pattern), [...name]];
  let [at, in_] = [0, 0];
  let star = -1;
  let resume = 0;
  while (in_ < given.length) {
    const token = wanted[at];
    const char = given[in_] ?? '';
    if (token === '*') [star, resume] = [at++, in_];
    else if (token !== undefined && fits(token, char)) [at, in_] = [at + 1, in_ + 1];
    else if (star >= 0) [at, in_] = [star + 1, ++resume];
    else return false;
  }
  while (wanted[at] === '*') at++;
  return at === wanted.length;
}

/** One or several characters that stand for themselves, or a set of them. */
type Token =
  '*' | '?' | { readonly char: string } | { readonly not: boolean; readonly ranges: readonly Range[] };
type Range = readonly [from: string, to: string];

function tokensOf(pattern: string): Token[] {
  const chars = [...pattern];
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (char === '?') tokens.push('?');
    else if (char === '[') {
      const set = setAt(chars, at);
      tokens.push(set?.token ?? { char });
      at = set?.end ?? at;
    } else tokens.push({ char });
  }
  return tokens;
}

/** `[abc]`, `[a-z]`, `[!abc]`; a bracket that is never closed stands for itself. */
function setAt(chars: readonly string[], start: number): { token: Token; end: number } | undefined {
  const not = chars[start + 1] === '!' || chars[start + 1] === '^';
  const from = start + (not ? 2 : 1);
  // A closing bracket that comes first belongs to the set.
  const end = chars.indexOf(']', from + 1);
  if (end < 0) return undefined;
  const ranges: Range[] = [];
  for (let at = from; at < end; at++) {
    const char = chars[at] ?? '';
    const to = chars[at + 2];
    if (chars[at + 1] === '-' && at + 2 < end && to !== undefined) {
      ranges.push([char, to]);
      at += 2;
    } else ranges.push([char, char]);
  }
  return { token: { not, ranges }, end };
}

function fits(token: Exclude<Token, '*'>, char: string): boolean {
  if (token === '?') return true;
  if ('char' in token) return token.char === char;
  return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.not;
}
