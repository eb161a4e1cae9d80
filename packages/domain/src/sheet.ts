import { clause, clausePlace, clauses } from './clauses.ts';
import type { Decoded } from './decoded.ts';
import type { Check, CheckVerdict, Judgement, JudgementVerdict, Kind } from './judge-types.ts';

const SEVERITY: Record<CheckVerdict, number> = {
  'not-applicable': 0,
  pass: 1,
  'not-checked': 2,
  warn: 3,
  fail: 4,
};

interface Row {
  readonly verdict: CheckVerdict;
  readonly evidence: string;
  readonly reached: boolean;
}

const EMPTY: readonly (Row | undefined)[] = Array.from(clauses, () => undefined);
const NOT_REACHED: Row = { verdict: 'not-checked', evidence: 'Not reached.', reached: false };

/** Collects the rows of one judgement. A row keeps its worst verdict, and the evidence that came with it. */
export class Sheet {
  /** By the place of their clause, so that they are in the order of the sheet whoever fills them. */
  readonly #rows: (Row | undefined)[] = EMPTY.slice();

  /** Says which clauses this judgement is about; a row that nothing reaches stays `not-checked`. */
  constructor(ids: readonly string[] = []) {
    for (const id of ids) this.#rows[clausePlace(id)] = NOT_REACHED;
  }

  pass(id: string, evidence: string): void {
    this.set(id, 'pass', evidence);
  }

  /** A broken clause. SHOULD, POLICY and MAY rows only warn: they never decide a document. */
  fail(id: string, evidence: string): void {
    const { level } = clause(id);
    this.set(id, level === 'MUST' || level === 'DECL' ? 'fail' : 'warn', evidence);
  }

  warn(id: string, evidence: string): void {
    this.set(id, 'warn', evidence);
  }

  notApplicable(id: string, evidence: string): void {
    this.set(id, 'not-applicable', evidence);
  }

  notChecked(id: string, evidence: string): void {
    this.set(id, 'not-checked', evidence);
  }

  test(id: string, holds: boolean, good: string, broken: string): boolean {
    if (holds) this.pass(id, good);
    else this.fail(id, broken);
    return holds;
  }

  set(id: string, verdict: CheckVerdict, evidence: string): void {
    const place = clausePlace(id);
    const row = this.#rows[place];
    // A row not reached yet gives way to anything; what was found is only ever made worse.
    if (row?.reached && SEVERITY[verdict] <= SEVERITY[row.verdict]) return;
    this.#rows[place] = { verdict, evidence, reached: true };
  }

  verdictOf(id: string): CheckVerdict {
    return this.#rows[clausePlace(id)]?.verdict ?? 'not-checked';
  }

  /** Takes over the rows of a part of the document, naming the part in the evidence of what is wrong. */
  include(judgement: Judgement, part: string, except: readonly string[] = []): void {
    for (const { id, verdict, evidence } of judgement.checks) {
      if (except.includes(id)) continue;
      this.set(id, verdict, verdict === 'pass' ? evidence : `${part}: ${evidence}`);
    }
  }

  /**
   * The last line of defence against a false accept: when nothing failed, each of these rows must have been looked at
   * and found good. "Not checked" is never a pass.
   */
  require(ids: readonly string[]): void {
    if (this.#rows.some((row) => row?.verdict === 'fail')) return;
    for (const id of ids) {
      const verdict = this.verdictOf(id);
      if (verdict !== 'pass' && verdict !== 'warn')
        this.fail(id, 'This could not be checked, so it does not hold.');
    }
  }

  judgement(kind: Kind, decoded: Decoded, good: string, unreadable = false): Judgement {
    const checks: Check[] = [];
    for (const [place, { id, spec, section, level, text }] of clauses.entries()) {
      const row = this.#rows[place];
      if (row) checks.push({ id, spec, section, level, text, verdict: row.verdict, evidence: row.evidence });
    }
    const fails = checks.filter((check) => check.verdict === 'fail');
    const warns = checks.filter((check) => check.verdict === 'warn');
    const verdict: JudgementVerdict = unreadable ? 'unreadable' : fails.length > 0 ? 'invalid' : 'valid';
    return {
      kind,
      verdict,
      reason: reason(fails, good),
      checks,
      fails: fails.map((check) => check.id),
      warns: warns.map((check) => check.id),
      decoded,
    };
  }
}

/** Clauses that bind the issuer but are not in the verifier's list (X509-SVID 5.2). */
const ISSUER_SIDE: ReadonlySet<string> = new Set(['X-06', 'X-07', 'X-08', 'X-11', 'X-13', 'X-23', 'X-25']);

function reason(fails: readonly Check[], good: string): string {
  const first = fails[0];
  if (!first) return good;
  const sentence = `${first.evidence.replace(/\.$/u, '')} (${first.id})`;
  const lenient = fails.every((check) => ISSUER_SIDE.has(check.id));
  return lenient ? `${sentence}; not conformant, but a verifier may accept it.` : `${sentence}.`;
}
