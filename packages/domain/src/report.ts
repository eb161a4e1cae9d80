import manifest from '../package.json' with { type: 'json' };
import { readBundle } from './bundle.ts';
import { ownBytes, toHex } from './bytes.ts';
import { choiceOf } from './choices.ts';
import { clauses } from './clauses.ts';
import { decodeBundle } from './decode-bundle.ts';
import type { Decoded } from './decoded.ts';
import { sha256 } from './digest.ts';
import type { Check } from './judge-types.ts';
import { isToken, spiffeIdOf, validityOf } from './report-facts.ts';
import { reportValue } from './report-redact.ts';
import { signed } from './report-words.ts';
import type {
  Report,
  ReportBundle,
  ReportBundleUse,
  ReportCheck,
  ReportDocument,
  ReportFacts,
  ReportOptions,
  ReportSubject,
  ReportSummary,
} from './report-types.ts';

/**
 * Makes a report: what was judged, with what, for when, and every clause with its verdict and evidence. The same
 * subjects give the same report, in whatever order they come. No signature of a token and no key is in it.
 */
export async function makeReport(
  subjects: readonly ReportSubject[],
  options: ReportOptions = {},
): Promise<Report> {
  const bundles = new BundleList();
  const documents: ReportDocument[] = [];
  for (const subject of subjects) documents.push(await documentOf(subject, bundles, options));
  documents.sort((a, b) => order(a.name, b.name) || order(a.sha256, b.sha256) || order(a.kind, b.kind));
  return {
    format: 'muster-report/1',
    tool: { name: 'Muster', version: manifest.version, clauses: clauses.length },
    ...(options.madeAt && { madeAt: options.madeAt.toISOString() }),
    summary: summaryOf(documents),
    bundles: bundles.sorted(),
    documents,
    notJudged: reportValue((options.notJudged ?? []).map(({ name, why }) => ({ name, why }))).toSorted(
      (a, b) => order(a.name, b.name),
    ),
  };
}

async function documentOf(
  subject: ReportSubject,
  bundles: BundleList,
  { showClaims = false }: ReportOptions,
): Promise<ReportDocument> {
  const { judgement, at, trustDomain, audience, previous } = subject;
  const { kind, verdict, reason, fails, warns, checks, decoded } = judgement;
  const judgedWith: ReportBundleUse[] = [];
  // Of other kinds a bundle decides nothing, and a report must not read as if one had.
  for (const [name, bytes] of signed.has(kind) ? subject.bundles : []) {
    const source = subject.bundleSources?.get(name);
    const bundle = await bundles.take(name, bytes);
    judgedWith.push({ trustDomain: name, sha256: bundle.sha256, ...(source !== undefined && { source }) });
  }
  judgedWith.sort((a, b) => order(a.trustDomain, b.trustDomain));
  const spiffeId = spiffeIdOf(decoded);
  const document: ReportDocument = {
    name: subject.name,
    kind,
    ...('sha256' in subject.document
      ? { sha256: subject.document.sha256 }
      : { sha256: await hash(subject.document), bytes: subject.document.length }),
    verdict,
    reason,
    evaluationTime: Number.isNaN(at.getTime()) ? '' : at.toISOString(),
    ...(trustDomain !== undefined && trustDomain !== '' && { trustDomain }),
    ...(audience !== undefined && audience !== '' && { audience }),
    keyCompared: subject.keyCompared === true,
    judgedWith,
    ...(previous && { previousSha256: await hash(previous) }),
    ...(spiffeId !== undefined && { spiffeId }),
    ...validityOf(decoded),
    fails,
    warns,
    checks: checks.map(withNote),
    facts: factsOf(decoded, showClaims),
  };
  return reportValue(document);
}

/** A clause that does not apply gives nobody a choice. */
function withNote(check: Check): ReportCheck {
  const note = check.verdict === 'not-applicable' ? undefined : choiceOf(check.id);
  const { id, spec, section, level, text, verdict, evidence } = check;
  return { id, spec, section, level, text, verdict, evidence, ...(note !== undefined && { note }) };
}

function factsOf(decoded: Decoded, showClaims: boolean): ReportFacts {
  if (!isToken(decoded) || showClaims) return decoded;
  const { header: _header, claims: _claims, ...named } = decoded;
  return named;
}

function summaryOf(documents: readonly ReportDocument[]): ReportSummary {
  const count = (verdict: ReportDocument['verdict']) =>
    documents.filter((document) => document.verdict === verdict).length;
  return {
    documents: documents.length,
    valid: count('valid'),
    invalid: count('invalid'),
    unreadable: count('unreadable'),
    skip: count('skip'),
    withWarnings: documents.filter((document) => document.warns.length > 0).length,
  };
}

/** A thousand documents are judged with the same few bundles: each is read once. */
class BundleList {
  readonly #read = new Map<Uint8Array, Map<string, ReportBundle>>();
  readonly #known = new Map<string, ReportBundle>();

  async take(trustDomain: string, bytes: Uint8Array): Promise<ReportBundle> {
    const known = this.#read.get(bytes)?.get(trustDomain);
    if (known) return known;
    const digest = await hash(bytes);
    const key = `${trustDomain}\n${digest}`;
    const bundle = this.#known.get(key) ?? reportValue(await describe(trustDomain, digest, bytes));
    this.#known.set(key, bundle);
    const byName = this.#read.get(bytes) ?? new Map<string, ReportBundle>();
    this.#read.set(bytes, byName.set(trustDomain, bundle));
    return bundle;
  }

  sorted(): ReportBundle[] {
    return [...this.#known.values()].sort(
      (a, b) => order(a.trustDomain, b.trustDomain) || order(a.sha256, b.sha256),
    );
  }
}

async function describe(trustDomain: string, digest: string, bytes: Uint8Array): Promise<ReportBundle> {
  const bundle = readBundle(ownBytes(bytes));
  const named = { trustDomain, sha256: digest };
  if (!bundle.ok) return { ...named, problem: bundle.problem.message, keys: [], keyCount: 0 };
  return { ...named, ...(await decodeBundle(bundle.value)) };
}

const hash = async (bytes: Uint8Array) => toHex(await sha256(ownBytes(bytes)));

/** By UTF-16 code units, so that no locale of a machine changes a report. */
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
