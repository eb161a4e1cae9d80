import type { Code } from '@connectrpc/connect';

/** Everything an upstream call can end in; the sentences for people are in `sentences.ts`. */
export type FaultCode =
  | 'no-socket'
  | 'refused'
  | 'no-access'
  | 'no-host'
  | 'no-route'
  | 'deadline'
  | 'broken'
  | 'tls-untrusted'
  | 'tls-expired'
  | 'tls-name'
  | 'tls-client'
  | 'tls-protocol'
  | 'not-grpc'
  | 'credential'
  | 'identity'
  | 'wrong-trust-domain'
  | 'generation'
  | 'lacking'
  | 'moderator'
  | 'moderator-refused'
  | 'config-mode'
  | 'owner-key'
  | 'manager-refused'
  | 'closed'
  | 'not-ready'
  | 'denied'
  | 'unauthenticated'
  | 'no-identity'
  | 'unimplemented'
  | 'not-found'
  | 'already-exists'
  | 'invalid'
  | 'precondition'
  | 'too-much'
  | 'server-unavailable'
  | 'server-error'
  | 'unexpected';

/** Who made the error: the server itself, the way to it, or this program. */
export type Origin = 'server' | 'transport' | 'local';

/** Codes after which a call may have had its effect: the connection broke while it was under way. */
const unknowable: ReadonlySet<FaultCode> = new Set(['broken', 'deadline', 'unexpected']);

/** A classified upstream error. Its message is its code: upstream text is only in `words`, escaped where shown. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly origin: Origin;
  /** The server's own words; only ever shown as such, for a refused item. */
  readonly words: string;
  /** A fact of our own that completes the sentence; holds no path and no upstream text. */
  readonly detail: string;
  readonly grpc: Code | undefined;

  constructor(
    code: FaultCode,
    origin: Origin,
    more: { words?: string; detail?: string; grpc?: Code; cause?: unknown } = {},
  ) {
    super(code, { cause: more.cause });
    this.name = 'Fault';
    this.code = code;
    this.origin = origin;
    this.words = more.words ?? '';
    this.detail = more.detail ?? '';
    this.grpc = more.grpc;
  }

  /** True when nobody can tell from this error whether the call took effect. */
  get outcomeUnknown(): boolean {
    return this.origin !== 'server' && unknowable.has(this.code);
  }

  /** True when the way to the server is at fault: what was connected is not any more. */
  get lost(): boolean {
    return this.origin === 'transport' && this.code !== 'too-much';
  }
}
