import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Status } from '@muster/wire/gen/spire/api/types/status_pb.js';
import { StatusSchema } from '@muster/wire/gen/spire/api/types/status_pb.js';

/** The status of an item that succeeded. Its code, 0, is not one of Connect's. */
export const ok = (): Status => create(StatusSchema, { code: 0, message: 'OK' });

export const statusOf = (error: ConnectError): Status =>
  create(StatusSchema, { code: error.code, message: error.rawMessage });

export const invalid = (message: string): ConnectError => new ConnectError(message, Code.InvalidArgument);
export const notFound = (message: string): ConnectError => new ConnectError(message, Code.NotFound);
export const internal = (message: string): ConnectError => new ConnectError(message, Code.Internal);

/** Runs `work`; a refusal is passed on with `context: ` before its message. */
export function within<T>(context: string, work: () => T): T {
  try {
    return work();
  } catch (reason) {
    if (!(reason instanceof ConnectError)) throw reason;
    throw new ConnectError(`${context}: ${reason.rawMessage}`, reason.code);
  }
}

/** The result of `work`, or the refusal it threw; anything else is a defect and is thrown on. */
export function attempt<T>(work: () => T): T | ConnectError {
  try {
    return work();
  } catch (reason) {
    if (reason instanceof ConnectError) return reason;
    throw reason;
  }
}
