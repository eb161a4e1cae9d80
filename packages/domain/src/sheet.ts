import { clause, clauses } from './clauses.ts';
import type { Decoded } from './decoded.ts';
import type { Check, CheckVerdict, Judgement, JudgementVerdict, Kind } from './judge-types.ts';

const SEVERITY: Record<CheckVerdict, number> = {
  'not-applicable': 0,
  pass: 1,
  'not-checked': 2,
  warn: 3,
  fail: 4,
};
const ORDER: ReadonlyMap<string, number> = new Map(clauses.map((item, index) => [item.id, index]));

/** Collects the rows of one judgement. A row keeps its worst verdict, and the evidence that came with it. */
export class Sheet {
  readonly #rows = new Map<string, { verdict: CheckVerdict; evidence: string; reached: boolean }>();

  /** Says which clauses this judgement is about; a row that nothing reaches stays `not-checked`. */
  constructor(ids: readonly string[] = []) {
    for (const id of ids)
      this.#rows.set(id, { verdict: 'not-checked', evidence: 'Not reached.', reached: false });
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
    clause(id);
    const row = this.#rows.get(id);
    // A row not reached yet gives way to anything; what was found is only ever made worse.
    if (!row?.reached || SEVERITY[verdict] > SEVERITY[row.verdict]) {
      this.#rows.set(id, { verdict, evidence, reached: true });
    }
  }

  verdictOf(id: string): CheckVerdict {
    return this.#rows.get(id)?.verdict ?? 'not-checked';
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
    if ([...this.#rows.values()].some((row) => row.verdict === 'fail')) return;
    for (const id of ids) {
      const verdict = this.verdictOf(id);
      if (verdict !== 'pass' && verdict !== 'warn')
        this.fail(id, 'This could not be checked, so it does not hold.');
    }
  }

  judgement(kind: Kind, decoded: Decoded, good: string, unreadable = false): Judgement {
    const checks: Check[] = [...this.#rows]
      .sort(([a], [b]) => (ORDER.get(a) ?? 0) - (ORDER.get(b) ?? 0))
      .map(([id, { verdict, evidence }]) => ({ ...pick(id), verdict, evidence }));
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

function pick(id: string): Omit<Check, 'verdict' | 'evidence'> {
  const { spec, section, level, text } = clause(id);
  return { id, spec, section, level, text };
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
