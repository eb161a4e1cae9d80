import { ConnectError } from '@connectrpc/connect';
import { appendFileSync, chmodSync, closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs';

/** The fields a log line may carry: a closed list, so that nothing else can slip in (S-21). */
export interface LogFields {
  id?: string;
  /** An RPC's path, from our own routes. */
  path?: string;
  connection?: string;
  state?: string;
  code?: string;
  count?: number;
  port?: number;
  cause?: unknown;
}

export interface Log {
  info(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

const MAX_BYTES = 5 * 1024 * 1024;

/** Writes JSON lines, so no value can start a line of its own (S-22). */
export function fileLog(file: string): Log {
  if (existsSync(file) && statSync(file).size > MAX_BYTES) renameSync(file, `${file}.1`);
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const write = (level: string, event: string, fields: LogFields = {}) => {
    try {
      appendFileSync(file, line(level, event, fields));
    } catch {
      // A full disk must not stop the gateway; what must be recorded goes to the audit log, which refuses.
    }
  };
  return {
    info: (event, fields) => write('info', event, fields),
    error: (event, fields) => write('error', event, fields),
  };
}

export const silentLog: Log = { info: () => {}, error: () => {} };

/** One line of the log. Of a cause it keeps the class, the code and where it happened, never its message. */
export function line(level: string, event: string, fields: LogFields): string {
  const { id, path, connection, state, code, count, port, cause } = fields;
  const kept = { id, path, connection, state, code, count, port, ...causeOf(cause) };
  return `${JSON.stringify({ at: new Date().toISOString(), level, event, ...kept })}\n`;
}

function causeOf(cause: unknown): { error?: string; errorCode?: string; where?: string[] } {
  if (!(cause instanceof Error)) return cause === undefined ? {} : { error: typeof cause };
  // A service wraps what it did not expect; what happened is inside.
  if (cause instanceof ConnectError && cause.cause instanceof Error) return causeOf(cause.cause);
  const code = 'code' in cause ? String(cause.code).slice(0, 40) : undefined;
  const where = (cause.stack ?? '')
    .split('\n')
    .filter((frame) => /^\s+at /.test(frame))
    .slice(0, 8)
    .map((frame) => frame.trim());
  return { error: cause.constructor.name, ...(code === undefined ? {} : { errorCode: code }), where };
}
