import type { Level } from './clauses.ts';
import type { Decoded } from './decoded.ts';

/** Kinds of input that the rule sheet covers. */
export const kinds = [
  'spiffe-id',
  'x509-svid',
  'x509-svid-keypair',
  'jwt-svid',
  'wit-svid',
  'bundle',
  'bundle-update',
  'bundle-map',
  'bundle-endpoint-url',
  'workload-endpoint-uri',
  'workload-x509-response',
] as const;
export type Kind = (typeof kinds)[number];

export interface JudgeInput {
  readonly kind: Kind;
  readonly input: Uint8Array;
  /** Private key, PEM or DER. Read for X-28 and never repeated in the answer. */
  readonly key?: Uint8Array;
  /** The bundle held before, for `bundle-update`. */
  readonly previous?: Uint8Array;
  /** Trust domain name (or `spiffe://name`) to SPIFFE bundle JSON, or PEM of CA certificates. */
  readonly bundles: ReadonlyMap<string, Uint8Array>;
  /** The relying party's own trust domain. Documents of another one need that one's bundle in `bundles`. */
  readonly trustDomain?: string;
  readonly audience?: string;
  /** False leaves `decoded` out, for callers that only want the rows: to tell every fact takes as long as to judge it. */
  readonly decode?: boolean;
  /** Evaluation time. The judge never looks at a clock. */
  readonly at: Date;
}

export type CheckVerdict = 'pass' | 'fail' | 'warn' | 'not-applicable' | 'not-checked';

/** One row of the rule sheet. `evidence` is a plain sentence, safe to show. */
export interface Check {
  readonly id: string;
  readonly spec: string;
  readonly section: string;
  readonly level: Level;
  readonly text: string;
  readonly verdict: CheckVerdict;
  readonly evidence: string;
}

export type JudgementVerdict = 'valid' | 'invalid' | 'unreadable' | 'skip';

export interface Judgement {
  readonly kind: Kind;
  /** `valid` means that no row failed; `unreadable` that the document could not be taken apart. */
  readonly verdict: JudgementVerdict;
  /** One sentence for people. */
  readonly reason: string;
  readonly checks: readonly Check[];
  /** Ids of the rows that failed, in the order of the sheet. */
  readonly fails: readonly string[];
  readonly warns: readonly string[];
  readonly decoded: Decoded;
}
