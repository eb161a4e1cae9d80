/** Exit codes of commands that speak with a gateway. `verify` has its own: 0 valid, 1 invalid, 2 unreadable. */
export const exit = {
  done: 0,
  /** Refused, or done only in part. */
  refused: 1,
  usage: 2,
  noGateway: 3,
  signInRefused: 4,
  /** The connection broke while a change was under way: nobody knows whether it was made. */
  unknownOutcome: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** Ends the command with a code and a sentence on stderr. */
export class CliError extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string) {
    super(message);
    this.name = 'CliError';
    this.code = code;
  }
}

export const usageError = (message: string) => new CliError(exit.usage, message);
