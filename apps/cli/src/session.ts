import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { NotOurGateway, openSession, SessionService, SignedChannel, signedTransport } from '@muster/api';
import { CliError, exit } from './exit.ts';
import { printable } from './io.ts';
import { readRuntime } from './runtime.ts';

export interface Signed {
  readonly transport: Transport;
  /** Aborts when the person presses Ctrl-C; the second time, where the first was answered. */
  readonly signal: AbortSignal;
  /** Answers the first Ctrl-C instead, until what it gives back is called. */
  readonly onInterrupt: (answer: () => void) => () => void;
}

/** Signs in with the runtime file, runs the work, and always ends the session, also after an error or Ctrl-C. */
export async function withSession<T>(work: (signed: Signed) => Promise<T>): Promise<T> {
  const { url, pid, secret } = await readRuntime();
  const stored = await openSession(url, secret, 'cli').catch((error: unknown) => {
    throw signInError(error, url, pid);
  });
  const transport = signedTransport(url, new SignedChannel(stored));
  const interrupt = new AbortController();
  let first: (() => void) | undefined;
  const onSignal = () => interrupt.abort(new CliError(exit.interrupted, 'Interrupted.'));
  const onCtrlC = () => {
    const answer = first ?? onSignal;
    first = undefined;
    answer();
  };
  const onInterrupt: Signed['onInterrupt'] = (answer) => {
    first = answer;
    return () => {
      if (first === answer) first = undefined;
    };
  };
  process.on('SIGINT', onCtrlC);
  process.once('SIGTERM', onSignal);
  try {
    return await work({ transport, signal: interrupt.signal, onInterrupt });
  } catch (error) {
    if (interrupt.signal.aborted && !(error instanceof CliError)) throw interrupt.signal.reason;
    throw callError(error);
  } finally {
    process.off('SIGINT', onCtrlC);
    process.off('SIGTERM', onSignal);
    // When the gateway is gone so is the session.
    await createClient(SessionService, transport)
      .endSession({ name: '' }, { timeoutMs: 3000 })
      .catch(() => undefined);
  }
}

function signInError(error: unknown, url: string, pid: number): CliError {
  if (error instanceof NotOurGateway) return new CliError(exit.signInRefused, error.message);
  const problem = ConnectError.from(error);
  if (isUnreachable(error))
    return new CliError(
      exit.noGateway,
      `The gateway at ${url} (process ${pid}) does not answer; it has probably stopped. Start one with "muster start".`,
    );
  return new CliError(exit.signInRefused, `The gateway refused the sign-in: ${sentence(problem)}`);
}

/** An error of a call, as the code and sentence it ends the command with. */
export function callError(error: unknown): Error {
  if (error instanceof CliError) return error;
  if (error instanceof NotOurGateway) return new CliError(exit.signInRefused, error.message);
  if (!(error instanceof ConnectError)) return error instanceof Error ? error : new Error(String(error));
  if (isUnreachable(error)) return new CliError(exit.noGateway, 'The gateway stopped answering.');
  if (error.code === Code.Unauthenticated) return new CliError(exit.signInRefused, sentence(error));
  return new CliError(exit.refused, sentence(error));
}

/** Nothing answered, as opposed to an answer that says no. */
function isUnreachable(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof TypeError && cause.message === 'fetch failed') return true;
    if ('code' in cause && typeof cause.code === 'string' && /^(?:ECONN|EPIPE|UND_ERR)/u.test(cause.code))
      return true;
  }
  return false;
}

/** The server's message without Connect's code in brackets, safe for a terminal. */
export const sentence = (error: ConnectError): string =>
  printable(error.rawMessage === '' ? `The gateway answered with ${Code[error.code]}.` : error.rawMessage);
