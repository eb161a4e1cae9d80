import { fork } from 'node:child_process';
import { CallError } from './ipc.ts';
import type { CallInput, CallOutput, Calls, FromChild } from './ipc.ts';

/** One running child process and the calls it answers. */
export interface Child<C extends Calls> {
  readonly pid: number;
  /** Rejects with a CallError: the child's own, `timed-out` after the deadline, or `gone` when the child ended. */
  call<K extends keyof C & string>(
    name: K,
    input: CallInput<C, K>,
    deadlineMs: number,
  ): Promise<CallOutput<C, K>>;
  /** Resolves once with the reason the process ended; never rejects. */
  readonly ended: Promise<string>;
  /** Ends the process now. `reason` is what `ended` reports. */
  kill(reason: string): void;
}

/** Starts `entry`, a TypeScript file, as a child process that answers the calls `C`. */
export function openChild<C extends Calls, Note = never>(entry: URL, onNote: (note: Note) => void): Child<C> {
  const proc = fork(entry, [], {
    serialization: 'advanced',
    execArgv: [],
    env: childEnvironment(),
    // The bindings log to stdout. stderr is read only to name a panic.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const stderr = lastPanic(proc.stderr);
  let lastId = 0;
  let killedFor: string | undefined;

  proc.on('message', (message: FromChild) => {
    if ('note' in message) return onNote(message.note as Note);
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.ok) call?.resolve(message.value);
    else call?.reject(new CallError(message.code, message.message));
  });

  const ended = new Promise<string>((resolve) => {
    const end = (reason: string) => {
      resolve(reason);
      for (const call of waiting.values()) call.reject(new CallError('gone', reason));
      waiting.clear();
    };
    proc.once('error', (error) => end(`the process could not be started: ${error.message}`));
    proc.once('exit', (code, signal) => {
      const how = signal ? `the process was ended by ${signal}` : `the process ended with code ${code}`;
      end(killedFor ?? (stderr() ? `${how}: ${stderr()}` : how));
    });
  });

  return {
    pid: proc.pid ?? -1,
    ended,
    kill(reason) {
      killedFor ??= reason;
      proc.kill('SIGKILL');
    },
    call(name, input, deadlineMs) {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(new CallError('timed-out', `no answer to ${name} within ${deadlineMs / 1000} s`));
        }, deadlineMs);
        waiting.set(id, {
          resolve: (value) => (clearTimeout(timer), resolve(value as never)),
          reject: (error) => (clearTimeout(timer), reject(error)),
        });
        if (!proc.connected)
          return void ended.then((reason) => waiting.get(id)?.reject(new CallError('gone', reason)));
        // The exit handler rejects what is waiting, so a failed send needs no answer of its own.
        proc.send({ id, call: name, input }, () => {});
      });
    },
  };
}

/** Nothing the gateway was started with reaches the native code but what it needs to find its files. */
function childEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH', 'LANG'];
  return Object.fromEntries(kept.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : [])));
}

/** Keeps the last line that names an error, capped: enough to say why a process ended, too little to carry payloads. */
function lastPanic(stream: NodeJS.ReadableStream | null): () => string {
  let tail = '';
  let found = '';
  stream?.on('data', (chunk: Buffer) => {
    const lines = (tail + chunk.toString('utf8')).split('\n');
    tail = (lines.pop() ?? '').slice(-2000);
    found =
      lines
        .findLast((line) => /panicked at|Error: /.test(line))
        ?.trim()
        .slice(0, 200) ?? found;
  });
  return () => found;
}
