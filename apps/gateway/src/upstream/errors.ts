import { Code, ConnectError } from '@connectrpc/connect';
import { CallError } from '@muster/practice/slim/ipc';
import { CredentialError } from '../config/credential.ts';
import { Fault } from './fault.ts';
import type { FaultCode } from './fault.ts';

/**
 * Classifies an error of an upstream call by its origin, not its code: connect-node answers a missing socket
 * and a failed TLS handshake with Internal, and a server killed in the middle with Canceled. What a server
 * says itself carries `grpc-status` in its metadata.
 */
export function classify(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof CredentialError) return new Fault('credential', 'local', { detail: error.message });
  if (error instanceof CallError) return ofModerator(error);
  if (!(error instanceof ConnectError)) return new Fault('unexpected', 'local', { cause: error });
  if (error.metadata.has('grpc-status')) return ofServer(error);
  return ofTransport(error);
}

const serverCodes = new Map<Code, FaultCode>([
  [Code.PermissionDenied, 'denied'],
  [Code.Unauthenticated, 'unauthenticated'],
  [Code.Unimplemented, 'unimplemented'],
  [Code.NotFound, 'not-found'],
  [Code.AlreadyExists, 'already-exists'],
  [Code.InvalidArgument, 'invalid'],
  [Code.FailedPrecondition, 'precondition'],
  [Code.ResourceExhausted, 'too-much'],
  [Code.DeadlineExceeded, 'deadline'],
  [Code.Unavailable, 'server-unavailable'],
]);

function ofServer(error: ConnectError): Fault {
  return new Fault(serverCodes.get(error.code) ?? 'server-error', 'server', {
    words: error.rawMessage,
    grpc: error.code,
  });
}

const systemCodes = new Map<string, FaultCode>([
  ['ENOENT', 'no-socket'],
  ['ECONNREFUSED', 'refused'],
  ['EACCES', 'no-access'],
  ['EPERM', 'no-access'],
  ['ENOTFOUND', 'no-host'],
  ['EAI_AGAIN', 'no-host'],
  ['EHOSTUNREACH', 'no-route'],
  ['ENETUNREACH', 'no-route'],
  ['ETIMEDOUT', 'deadline'],
  ['ECONNRESET', 'broken'],
  ['EPIPE', 'broken'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-untrusted'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls-untrusted'],
  ['CERT_SIGNATURE_FAILURE', 'tls-untrusted'],
  ['CERT_HAS_EXPIRED', 'tls-expired'],
  ['CERT_NOT_YET_VALID', 'tls-expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-name'],
  ['MUSTER_SERVER_ID', 'tls-name'],
]);

function ofTransport(error: ConnectError): Fault {
  for (const code of causeCodes(error)) {
    const known = systemCodes.get(code);
    if (known) return new Fault(known, 'transport', { cause: error });
    if (
      /ALERT_(BAD|UNKNOWN|EXPIRED|REVOKED|UNSUPPORTED)_CERT|ALERT_CERTIFICATE|ALERT_UNKNOWN_CA/u.test(code)
    ) {
      return new Fault('tls-client', 'transport', { cause: error });
    }
    if (/^ERR_(SSL|TLS)|^ERR_OSSL/u.test(code))
      return new Fault('tls-protocol', 'transport', { cause: error });
  }
  switch (error.code) {
    case Code.DeadlineExceeded:
      return new Fault('deadline', 'transport', { cause: error });
    case Code.ResourceExhausted:
      return new Fault('too-much', 'transport', { cause: error });
    // HTTP 401, 403 and 404 arrive without grpc-status; connect-node maps them to these.
    case Code.Unauthenticated:
      return new Fault('unauthenticated', 'transport', { cause: error });
    case Code.PermissionDenied:
      return new Fault('denied', 'transport', { cause: error });
    case Code.Unimplemented:
      return new Fault('not-grpc', 'transport', { cause: error });
    default:
      return new Fault('broken', 'transport', { cause: error });
  }
}

/** The moderator's own codes; its sentences are plain already, but may quote what a member is called. */
function ofModerator(error: CallError): Fault {
  switch (error.code) {
    case 'no-confirmation':
      return new Fault('deadline', 'transport', { cause: error });
    case 'not-ready':
    case 'closed':
    case 'not-running':
      return new Fault('not-ready', 'local', { cause: error });
    case 'no-channel':
      return new Fault('not-found', 'local', { detail: error.message, cause: error });
    default:
      return new Fault('moderator-refused', 'local', { detail: error.message, cause: error });
  }
}

function* causeCodes(error: unknown): Generator<string> {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    const code = (current as { code?: unknown }).code;
    if (typeof code === 'string') yield code;
    if (current instanceof AggregateError) for (const inner of current.errors) yield* causeCodes(inner);
    current = (current as { cause?: unknown }).cause;
  }
}
