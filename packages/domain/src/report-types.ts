import type { Level } from './clauses.ts';
import type { Decoded, DecodedBundle, DecodedJwt, DecodedMember } from './decoded.ts';
import type { CheckVerdict, Judgement, JudgementVerdict, Kind } from './judge-types.ts';

/** One judged document, with what it was judged with. The bytes are only hashed: a report carries no document. */
export interface ReportSubject {
  /** A file's path, or where it came from in words. */
  readonly name: string;
  /** Its bytes, or their SHA-256 where they are not held any more. */
  readonly document: Uint8Array | { readonly sha256: string };
  readonly judgement: Judgement;
  readonly at: Date;
  readonly trustDomain?: string | undefined;
  readonly audience?: string | undefined;
  /** Trust domain to bundle, as it was given to the judge. */
  readonly bundles: ReadonlyMap<string, Uint8Array>;
  /** Where the bundle of a trust domain came from, in words. */
  readonly bundleSources?: ReadonlyMap<string, string> | undefined;
  /** The bundle held before, for `bundle-update`. */
  readonly previous?: Uint8Array | undefined;
  /** A private key was compared with the certificate. Of the key itself nothing is reported. */
  readonly keyCompared?: boolean | undefined;
}

export interface ReportOptions {
  /** Headers and claims of tokens too. Without it only what names the token: subject, audience, times, key id. */
  readonly showClaims?: boolean | undefined;
  /** When the report was made. Left out by default, so that the same input gives the same bytes. */
  readonly madeAt?: Date | undefined;
  /** What should have been judged and was not, with the reason as the rest of a sentence. */
  readonly notJudged?: readonly ReportMiss[] | undefined;
}

/** A report on one document or many. Times are ISO 8601 UTC, hashes are lower-case hexadecimal. */
export interface Report {
  readonly format: 'muster-report/1';
  readonly tool: ReportTool;
  /** When the report was made; absent unless it was asked for. */
  readonly madeAt?: string;
  readonly summary: ReportSummary;
  /** Every bundle that something was judged with, once, by trust domain. */
  readonly bundles: readonly ReportBundle[];
  /** By name, then by hash. */
  readonly documents: readonly ReportDocument[];
  /** What should have been judged and was not. */
  readonly notJudged: readonly ReportMiss[];
}

export interface ReportMiss {
  readonly name: string;
  /** The rest of a sentence that begins with the name: "there is no such file". */
  readonly why: string;
}

export interface ReportTool {
  readonly name: 'Muster';
  readonly version: string;
  /** How many clauses the rule sheet of this version has. */
  readonly clauses: number;
}

export interface ReportSummary {
  readonly documents: number;
  readonly valid: number;
  readonly invalid: number;
  readonly unreadable: number;
  readonly skip: number;
  /** Documents with at least one warning. */
  readonly withWarnings: number;
}

export interface ReportBundle extends DecodedBundle {
  readonly trustDomain: string;
  /** SHA-256 of the bundle's bytes. */
  readonly sha256: string;
  /** Why no key could be read, when none could. */
  readonly problem?: string;
}

export interface ReportDocument {
  readonly name: string;
  readonly kind: Kind;
  /** SHA-256 of the document's bytes. */
  readonly sha256: string;
  /** Size of the document in bytes; absent where it was not held any more. */
  readonly bytes?: number;
  readonly verdict: JudgementVerdict;
  readonly reason: string;
  /** The moment that the document was judged for. */
  readonly evaluationTime: string;
  /** The trust domain of the verifier. */
  readonly trustDomain?: string;
  /** The audience that a token was asked for. */
  readonly audience?: string;
  /** The private key was compared with the certificate; nothing of it is kept. */
  readonly keyCompared: boolean;
  /** What it was judged with; each is described in `bundles` of the report. */
  readonly judgedWith: readonly ReportBundleUse[];
  /** SHA-256 of the bundle held before, for a `bundle-update`. */
  readonly previousSha256?: string;
  /** The SPIFFE ID, where the document has one. */
  readonly spiffeId?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly fails: readonly string[];
  readonly warns: readonly string[];
  readonly checks: readonly ReportCheck[];
  readonly facts: ReportFacts;
}

export interface ReportBundleUse {
  readonly trustDomain: string;
  readonly sha256: string;
  /** Where it came from, in words. */
  readonly source?: string;
}

export interface ReportCheck {
  readonly id: string;
  readonly spec: string;
  readonly section: string;
  readonly level: Level;
  readonly text: string;
  readonly verdict: CheckVerdict;
  readonly evidence: string;
  /** Where readers of the specification differ: what Muster chose, and why. */
  readonly note?: string;
}

/** What the document says. Of a token its header and claims only when they were asked for; its signature never. */
export type ReportFacts = Exclude<Decoded, DecodedJwt> | ReportToken;

export interface ReportToken extends Omit<DecodedJwt, 'header' | 'claims'> {
  readonly header?: readonly DecodedMember[];
  readonly claims?: readonly DecodedMember[];
}
