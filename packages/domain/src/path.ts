import { equalBytes } from './bytes.ts';
import { type Certificate, isLasting } from './certificate.ts';
import { equalNames } from './distinguished-name.ts';
import { limits } from './limits.ts';
import { NameCheck } from './name-constraints.ts';
import { label, type PathProblem, pathProblems } from './path-rules.ts';
import { type SignatureOutcome, verifyX509Signature } from './signature.ts';

/** The best path found. It is valid exactly when `problems` is empty and `anchored` is true. */
export interface PathResult {
  /** From the leaf towards the bundle. */
  readonly path: readonly Certificate[];
  /** The last certificate of `path` is a CA of the bundle. */
  readonly anchored: boolean;
  readonly problems: readonly PathProblem[];
  readonly signatureChecks: number;
}

/** What searches may spend; several that belong to one document share one. */
export class SearchBudget {
  signatures: number = limits.signatureChecks;
  steps: number = limits.pathSteps;
}

/**
 * Looks for a path from the leaf to a CA of one bundle (RFC 5280 6.1 with X509-SVID 5.1). The search is bounded in
 * certificates per path, signature checks and steps (`limits`); one that hits a bound is a failure.
 */
export async function findPath(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[],
  at: number,
  budget = new SearchBudget(),
): Promise<PathResult> {
  const search = new PathSearch(intermediates, anchors, at, budget);
  return (await search.from([leaf])) ?? search.best ?? (await search.diagnose(leaf));
}

class PathSearch {
  best: PathResult | undefined;
  readonly #intermediates: readonly Certificate[];
  readonly #anchors: readonly Certificate[];
  readonly #at: number;
  readonly #checked = new Map<Certificate, Map<Certificate, SignatureOutcome>>();
  readonly #names = new NameCheck();
  readonly #budget: SearchBudget;
  #signatures = 0;

  constructor(
    intermediates: readonly Certificate[],
    anchors: readonly Certificate[],
    at: number,
    budget: SearchBudget,
  ) {
    this.#budget = budget;
    this.#intermediates = intermediates;
    this.#anchors = anchors;
    this.#at = at;
  }

  /** Extends `path` depth first; answers as soon as a path has no problem. */
  async from(path: readonly Certificate[]): Promise<PathResult | undefined> {
    const child = path.at(-1);
    if (!child || path.length >= limits.chain || --this.#budget.steps < 0) return undefined;
    for (const anchor of issuersOf(child, this.#anchors)) {
      const result = await this.#judge([...path, anchor], true);
      if (result.problems.length === 0) return result;
      this.#keep(result);
      if (this.#exhausted()) return undefined;
    }
    for (const issuer of issuersOf(child, this.#intermediates)) {
      if (path.some((used) => equalBytes(used.der, issuer.der))) continue;
      // A link that does not verify is not followed: it can only waste the budget.
      if ((await this.#verify(child, issuer)).state !== 'good') continue;
      const found = await this.from([...path, issuer]);
      if (found) return found;
      if (this.#exhausted()) return undefined;
    }
    return undefined;
  }

  /** No path reached the bundle: follow what looks most like the intended chain, to say where it breaks. */
  async diagnose(leaf: Certificate): Promise<PathResult> {
    const path = [leaf];
    let anchored = false;
    for (let child: Certificate | undefined = leaf; child && !anchored && path.length < limits.chain;) {
      const unused = this.#intermediates.filter((item) => !path.includes(item));
      const anchor: Certificate | undefined =
        issuersOf(child, this.#anchors)[0] ?? (await this.#signerOf(child, this.#anchors));
      const next: Certificate | undefined =
        anchor ?? issuersOf(child, unused)[0] ?? (await this.#signerOf(child, unused));
      if (next) path.push(next);
      anchored = anchor !== undefined;
      child = next;
    }
    return this.#judge(path, anchored);
  }

  async #judge(path: readonly Certificate[], anchored: boolean): Promise<PathResult> {
    const problems: PathProblem[] = [];
    for (const [index, child] of path.entries()) {
      const issuer = path[index + 1];
      if (!issuer) continue;
      const outcome = await this.#verify(child, issuer);
      if (outcome.state === 'good') continue;
      const who = label(child, index);
      const by = label(issuer, index + 1).replace(/^The/u, 'the');
      const evidence =
        outcome.state === 'bad'
          ? `${who} carries a signature that was not made by ${by}.`
          : `${who} has a signature that cannot be checked: ${outcome.why}.`;
      problems.push({ clause: 'X-15', index, evidence });
    }
    if (!anchored) {
      const last = path.at(-1);
      const evidence = last
        ? `${label(last, path.length - 1)} was not issued by any CA of the bundle.`
        : 'There is no certificate.';
      problems.push({ clause: 'X-15', index: path.length - 1, evidence, unanchored: true });
    }
    problems.push(...pathProblems(path, this.#at, this.#names));
    return { path, anchored, problems, signatureChecks: this.#signatures };
  }

  async #verify(child: Certificate, issuer: Certificate): Promise<SignatureOutcome> {
    const known = this.#checked.get(child)?.get(issuer);
    if (known) return known;
    if (this.#exhausted())
      return {
        state: 'unsupported',
        why: `the search ended after ${limits.signatureChecks} signature checks`,
      };
    this.#signatures++;
    this.#budget.signatures--;
    const outcome = await verifyCertificate(child, issuer);
    const row = this.#checked.get(child) ?? new Map<Certificate, SignatureOutcome>();
    this.#checked.set(child, row.set(issuer, outcome));
    return outcome;
  }

  async #signerOf(child: Certificate, candidates: readonly Certificate[]): Promise<Certificate | undefined> {
    for (const candidate of candidates) {
      if ((await this.#verify(child, candidate)).state === 'good') return candidate;
    }
    return undefined;
  }

  #exhausted(): boolean {
    return this.#budget.signatures <= 0;
  }

  /** Of two broken paths the one with fewer bad signatures tells more: authorities often share one name. */
  #keep(result: PathResult): void {
    if (!this.best || rank(result) < rank(this.best)) this.best = result;
  }
}

function rank({ problems }: PathResult): number {
  return problems.length + 1000 * problems.filter((problem) => problem.clause === 'X-15').length;
}

/** The signature on an intermediate is checked once, not for every leaf that comes with it. */
const known = new WeakMap<Certificate, WeakMap<Certificate, SignatureOutcome>>();

async function verifyCertificate(child: Certificate, issuer: Certificate): Promise<SignatureOutcome> {
  if (!isLasting(child)) return verifyOnce(child, issuer);
  const outcomes = known.get(child) ?? new WeakMap<Certificate, SignatureOutcome>();
  known.set(child, outcomes);
  const outcome = outcomes.get(issuer) ?? (await verifyOnce(child, issuer));
  outcomes.set(issuer, outcome);
  return outcome;
}

async function verifyOnce(child: Certificate, issuer: Certificate): Promise<SignatureOutcome> {
  if (!child.signatureAlgorithm.consistent) {
    return { state: 'unsupported', why: 'the signature algorithm inside differs from the one outside' };
  }
  return verifyX509Signature(child.signatureAlgorithm, issuer.publicKey, child.signature, child.tbs);
}

/** Candidates whose subject is the issuer's name; those with the right key identifier first. */
function issuersOf(child: Certificate, candidates: readonly Certificate[]): readonly Certificate[] {
  const named = candidates.filter((candidate) => equalNames(child.issuer, candidate.subject));
  const wanted = child.extensions.authorityKeyId;
  if (!wanted) return named;
  const score = (candidate: Certificate) => {
    const id = candidate.extensions.subjectKeyId;
    return id && equalBytes(id, wanted) ? 0 : id ? 2 : 1;
  };
  return [...named].sort((a, b) => score(a) - score(b));
}
