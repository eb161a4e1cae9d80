import type { JsonObject } from '@bufbuild/protobuf';
import type { RelationshipRow } from '../upstream/spire/federation-rows.ts';
import type { BundleKey } from './keys.ts';

/** A copy of a bundle as the doctor looks at it. */
export interface CopyFacts {
  keys: readonly BundleKey[];
  /** Seconds; 0: not set. */
  refreshHint: number;
  /** A copy that a SPIRE server fetched from an endpoint has 0. */
  sequenceNumber: bigint;
  /** When this gateway last saw its keys change; undefined: not since it first read them. */
  changedAt: Date | undefined;
}

/** What an endpoint answered; `problem` empty: it was authenticated and its bundle read. */
export interface ProbeFacts {
  problem: string;
  /** policy: not asked; network: no answer; identity, profile: whoever answered is not who was expected; content: no usable bundle. */
  kind: '' | 'policy' | 'network' | 'identity' | 'profile' | 'content' | 'rollback' | 'nothing-to-check';
  /** SPIFFE ID on the certificate presented; empty: none seen. */
  presented: string;
  /** Whether the certificate was issued by an authority of the bundle we hold. */
  issuedByPeer: boolean;
  keys: readonly BundleKey[];
  sequence: string;
  refreshHint: string;
  /** Rules of the specification that the document breaks, in words. */
  findings: readonly string[];
}

/** Everything known of one server's way to one peer. Nothing is fetched by the rules. */
export interface PairFacts {
  now: Date;
  connection: string;
  /** Of the server. */
  trustDomain: string;
  peer: string;
  relationship: RelationshipRow | undefined;
  copy: CopyFacts | undefined;
  /** Entries of the server that federate with the peer. */
  entries: number;
  /** The server's own keys. */
  own: readonly BundleKey[];
  /** Trust domains the server has a copy of, besides its own. */
  copies: ReadonlySet<string>;
  /** The peer's own server, when it is connected here. */
  peerServer:
    | {
        connection: string;
        own: CopyFacts;
        /** Its way back to us. */
        relationship: RelationshipRow | undefined;
        copy: CopyFacts | undefined;
        /** Its entries that federate with us. */
        entries: number;
      }
    | undefined;
  /** Name of a connection to the peer that cannot be read now, and why. */
  peerUnread: { connection: string; reason: string } | undefined;
  /** How other servers here reach the peer's endpoint, and how ours is reached: for ready-made remedies. */
  knownRoute: RelationshipRow | undefined;
  knownRouteBack: RelationshipRow | undefined;
  probe: ProbeFacts | undefined;
}

export type Grade = 'info' | 'warning' | 'danger';

export interface Cure {
  title: string;
  action: string;
  /** Undefined: a person must fill it in at `link`. */
  input: JsonObject | undefined;
  link: string;
}

/** What is wrong, what was seen, what nobody can know, and what mends it. */
export interface Finding {
  code: string;
  grade: Grade;
  title: string;
  detail: string;
  unknown: string;
  cures: readonly Cure[];
}

export type Rule = (facts: PairFacts) => readonly Finding[];

const order: Record<Grade, number> = { danger: 0, warning: 1, info: 2 };

export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => order[a.grade] - order[b.grade]);
