import type { Check, CheckVerdict, Judgement } from '@muster/domain';

/** Clauses that bind who issues, and that a verifier is not told to check (X509-SVID 5.2). */
const issuerSide: ReadonlySet<string> = new Set(['X-06', 'X-07', 'X-08', 'X-11', 'X-13', 'X-23', 'X-25']);

export function isIssuerSide(check: Pick<Check, 'id'>): boolean {
  return issuerSide.has(check.id);
}

/** Only who issued it broke a rule: not conformant, and a verifier may accept it all the same. */
export function onlyIssuerSide(fails: readonly string[]): boolean {
  return fails.length > 0 && fails.every((id) => issuerSide.has(id));
}

export type SheetFilter = 'all' | 'broken' | 'warnings' | 'holds' | 'not-checked';

const filterVerdicts: Readonly<Record<Exclude<SheetFilter, 'all'>, readonly CheckVerdict[]>> = {
  broken: ['fail'],
  warnings: ['warn'],
  holds: ['pass'],
  'not-checked': ['not-checked', 'not-applicable'],
};

const rank: Readonly<Record<CheckVerdict, number>> = {
  fail: 0,
  warn: 1,
  pass: 2,
  'not-checked': 3,
  'not-applicable': 4,
};

/** Broken first, then warnings, then what holds; in the order of the specifications within each. */
export function sortChecks(checks: readonly Check[]): Check[] {
  return checks.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
}

export function filterChecks(checks: readonly Check[], filter: SheetFilter): Check[] {
  return filter === 'all'
    ? [...checks]
    : checks.filter((check) => filterVerdicts[filter].includes(check.verdict));
}

export function countChecks(checks: readonly Check[]): Readonly<Record<SheetFilter, number>> {
  const count = (filter: SheetFilter) => filterChecks(checks, filter).length;
  return {
    all: checks.length,
    broken: count('broken'),
    warnings: count('warnings'),
    holds: count('holds'),
    'not-checked': count('not-checked'),
  };
}

export const verdictWords: Readonly<
  Record<
    CheckVerdict,
    { readonly label: string; readonly tone: 'ok' | 'bad' | 'warn' | 'unknown'; readonly reason: string }
  >
> = {
  pass: { label: 'holds', tone: 'ok', reason: 'The requirement holds.' },
  fail: { label: 'broken', tone: 'bad', reason: 'The requirement is broken.' },
  warn: {
    label: 'warning',
    tone: 'warn',
    reason: 'Recommended, or a policy: it does not decide whether the document is valid.',
  },
  'not-applicable': {
    label: 'does not apply',
    tone: 'unknown',
    reason: 'The requirement is about something this document does not have.',
  },
  'not-checked': {
    label: 'not checked',
    tone: 'unknown',
    reason: 'It could not be checked here; the evidence says why.',
  },
};

export interface VerdictWords {
  readonly tone: 'ok' | 'bad' | 'warn' | 'unknown';
  readonly title: string;
  readonly sentence: string;
}

/** The verdict as the banner says it: two words, and one sentence with how many requirements are broken. */
export function verdictOf(judgement: Judgement, audience: string): VerdictWords {
  const { verdict, reason, checks, fails, warns } = judgement;
  if (needsAudience(judgement, audience)) {
    return {
      tone: 'warn',
      title: 'For which audience?',
      sentence: 'All else holds. A verifier accepts a token only for its own audience: say which one it is.',
    };
  }
  const counted = checks.filter(
    (check) => check.verdict !== 'not-applicable' && check.verdict !== 'not-checked',
  ).length;
  const lenient = onlyIssuerSide(fails);
  switch (verdict) {
    case 'valid':
      return {
        tone: 'ok',
        title: 'Valid',
        sentence: `All ${counted} requirements that apply hold${warns.length > 0 ? `, with ${plural(warns.length, 'warning')}` : ''}. ${reason}`,
      };
    case 'invalid':
      return {
        tone: lenient ? 'warn' : 'bad',
        title: lenient ? 'Not conformant' : 'Not valid',
        sentence: `${fails.length} of ${counted} requirements ${fails.length === 1 ? 'is' : 'are'} broken: ${lower(gravest(judgement, audience))}`,
      };
    case 'unreadable':
      return { tone: 'bad', title: 'Cannot be read', sentence: reason };
    case 'skip':
      return { tone: 'unknown', title: 'Not judged', sentence: reason };
  }
}

/** That no audience was said is not what is wrong with a token that breaks something else, too. */
function gravest({ reason, checks, fails }: Judgement, audience: string): string {
  const first =
    audience === '' && fails[0] === 'J-09'
      ? checks.find((check) => check.verdict === 'fail' && check.id !== 'J-09')
      : undefined;
  return first ? `${first.evidence.replace(/\.$/u, '')} (${first.id}).` : reason;
}

/** Only the audience is missing to judge the token (JWT-SVID 3.2): not valid so far, but not its fault. */
export function needsAudience({ fails }: Judgement, audience: string): boolean {
  return audience === '' && fails.length === 1 && fails[0] === 'J-09';
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** "The token…" after a colon is "the token…"; names and abbreviations stay. */
function lower(sentence: string): string {
  return /^[A-Z][a-z]/u.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}
