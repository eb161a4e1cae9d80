import { NotOurGateway } from '@muster/api';
import { Code, ConnectError } from '@connectrpc/connect';

export interface ErrorWords {
  /** What went wrong. */
  what: string;
  /** What a person can do. */
  todo: string;
}

/** The one table of sentences for errors; the server's own words are shown beside them. */
const SENTENCES: Record<Code, ErrorWords> = {
  [Code.Canceled]: { what: 'It was cancelled.', todo: 'Try again when you want it.' },
  [Code.Unknown]: {
    what: 'Something unexpected went wrong.',
    todo: 'Try again; if it stays, look at the gateway’s log.',
  },
  [Code.InvalidArgument]: {
    what: 'The server refused the input.',
    todo: 'Correct what it names and try again.',
  },
  [Code.DeadlineExceeded]: { what: 'No answer came in time.', todo: 'Look at Connections, then try again.' },
  [Code.NotFound]: {
    what: 'It is not there.',
    todo: 'It may have been deleted. Go back to the list and read it again.',
  },
  [Code.AlreadyExists]: {
    what: 'It exists already.',
    todo: 'Change the one that exists, or choose another name.',
  },
  [Code.PermissionDenied]: {
    what: 'You are not allowed to do this.',
    todo: 'Ask an administrator for the permission it names.',
  },
  [Code.ResourceExhausted]: { what: 'A limit was reached.', todo: 'Wait a moment, or ask for less at once.' },
  [Code.FailedPrecondition]: {
    what: 'It cannot be done as things are now.',
    todo: 'Put right what the reason names, then try again.',
  },
  [Code.Aborted]: {
    what: 'What it applies to has changed meanwhile.',
    todo: 'Plan again and look at the new plan.',
  },
  [Code.OutOfRange]: { what: 'The request was out of range.', todo: 'Go back to the start of the list.' },
  [Code.Unimplemented]: {
    what: 'This server cannot do this.',
    todo: 'Connections shows what each server can do.',
  },
  [Code.Internal]: {
    what: 'The gateway failed at this.',
    todo: 'Try again; if it stays, look at the gateway’s log.',
  },
  [Code.Unavailable]: {
    what: 'The server cannot be reached.',
    todo: 'Look at Connections. It is tried again by itself.',
  },
  [Code.DataLoss]: { what: 'The answer was damaged.', todo: 'Read again.' },
  [Code.Unauthenticated]: { what: 'The session has ended.', todo: 'Sign in again; what you typed stays.' },
};

/** @returns what, why (the server’s words) and what to do */
export function errorWords(error: unknown): ErrorWords & { why: string; code: Code } {
  if (error instanceof NotOurGateway)
    return {
      what: 'This is not our gateway.',
      why: error.message,
      todo: 'Stop, and find out which program listens at this address.',
      code: Code.Unauthenticated,
    };
  const known = ConnectError.from(error);
  return { ...SENTENCES[known.code], why: known.rawMessage, code: known.code };
}

/** The server's words when it refused an input, which begin with the field; undefined for any other error. */
export function refusedInput(error: unknown): string | undefined {
  const known = ConnectError.from(error);
  return known.code === Code.InvalidArgument ? known.rawMessage : undefined;
}
