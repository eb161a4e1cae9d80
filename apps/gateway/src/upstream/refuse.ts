import { Code, ConnectError } from '@connectrpc/connect';
import { classify } from './errors.ts';
import type { FaultCode } from './fault.ts';
import { sentence } from './sentences.ts';

const codes = new Map<FaultCode, Code>([
  ['denied', Code.PermissionDenied],
  ['unauthenticated', Code.FailedPrecondition],
  ['not-found', Code.NotFound],
  ['already-exists', Code.AlreadyExists],
  ['invalid', Code.InvalidArgument],
  ['precondition', Code.FailedPrecondition],
  ['no-identity', Code.FailedPrecondition],
  ['unimplemented', Code.Unimplemented],
  ['generation', Code.Unimplemented],
  ['lacking', Code.FailedPrecondition],
  ['owner-key', Code.FailedPrecondition],
  ['manager-refused', Code.FailedPrecondition],
  ['identity', Code.FailedPrecondition],
  ['too-much', Code.ResourceExhausted],
  ['deadline', Code.DeadlineExceeded],
  ['unexpected', Code.Internal],
  // Internal would read as a mistake of this gateway.
  ['server-error', Code.Unknown],
]);

/** An upstream fault as this gateway's answer: what, to whom, and a sentence of the closed table (S-40). */
export function refuse(doing: string, connection: string, error: unknown): ConnectError {
  // Clients of upstreams throw faults only; this is an answer of our own already.
  if (error instanceof ConnectError) return error;
  const fault = classify(error);
  return new ConnectError(
    `${doing} on ${connection}: ${sentence(fault)}`,
    codes.get(fault.code) ?? Code.Unavailable,
  );
}
