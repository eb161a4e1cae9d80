import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Readable } from 'node:stream';
import memory from '../../../scripts/gateway-environment.json' with { type: 'json' };
import { type Handover, readHandover } from './handover.ts';

export interface GatewayFiles {
  /** The pinned Node; Electron's own is another version and lacks node:sqlite. */
  readonly node: string;
  readonly entry: string;
  readonly directory: string;
}

/** Where a checkout keeps its gateway. Nothing from the environment decides what is run. */
export function gatewayFiles(root: string): GatewayFiles {
  return {
    node: join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    entry: join(root, 'apps', 'gateway', 'src', 'main.ts'),
    directory: root,
  };
}

/** Why there is no gateway, for the error window. */
export class GatewayFailure extends Error {
  readonly detail: string;

  constructor(reason: string, detail = '') {
    super(reason);
    this.name = 'GatewayFailure';
    this.detail = detail;
  }
}

export interface RunningGateway {
  readonly pid: number;
  readonly url: string;
  /** SIGTERM, then SIGKILL after the grace; resolves when the process is gone. */
  stop(graceMs?: number): Promise<void>;
}

export interface GatewayEvents {
  /** Every secret the gateway hands over: the first at start, others when it makes a fresh one. */
  onSecret(secret: string): void;
  /** The process ended without being stopped. */
  onLost(failure: GatewayFailure): void;
}

const TAIL = 4000;

/** Starts the gateway as a child and resolves when it has handed over its address and secret. */
export function startGateway(
  files: GatewayFiles,
  events: GatewayEvents,
  { waitMs = 60_000, signal: abort }: { waitMs?: number; signal?: AbortSignal } = {},
): Promise<RunningGateway> {
  const missing = [files.node, files.entry].find((file) => !existsSync(file));
  if (missing !== undefined)
    return Promise.reject(new GatewayFailure(`A part of Muster is missing: ${missing}`));
  return new Promise((resolve, reject) => {
    const child = spawn(files.node, [files.entry, '--port', '0', '--no-open', '--embedded'], {
      cwd: files.directory,
      env: {
        // Beside the sources: whoever can write there could change those themselves.
        NODE_COMPILE_CACHE: join(files.directory, 'node_modules', '.cache', 'muster-gateway'),
        ...memory,
        ...childEnvironment(process.env),
      },
      // The gateway ends by itself when stdin or the pipe closes: it never outlives a killed window.
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    });
    let tail = '';
    let state: 'starting' | 'running' | 'stopping' = 'starting';
    const gone = new Promise<void>((done) => child.once('close', () => done()));
    const fail = (reason: string) => {
      state = 'stopping';
      clearTimeout(timer);
      // Only when it is gone: who waits for this may quit next.
      void stop(child, gone, 1000).then(() => reject(new GatewayFailure(reason, tail.trim())));
    };
    abort?.addEventListener('abort', () => {
      if (state === 'starting') fail('It was stopped before it was ready.');
    });
    const timer = setTimeout(() => fail(`The gateway was not ready after ${waitMs / 1000} s.`), waitMs);

    child.stdin?.on('error', () => undefined);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-TAIL);
      process.stderr.write(text);
    });
    child.once('error', (error) => fail(`The gateway could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
      if (state === 'starting') fail(`The gateway stopped before it was ready (${how}).`);
      else if (state === 'running')
        events.onLost(new GatewayFailure(`The gateway stopped unexpectedly (${how}).`, tail.trim()));
    });
    readLines(child.stdio[3] as Readable, (line) => {
      const handover: Handover | undefined = readHandover(line);
      if (state === 'stopping') return;
      if (handover === undefined) {
        if (state === 'starting') fail('The gateway handed over something else than its address and secret.');
        return;
      }
      events.onSecret(handover.secret);
      if (state === 'running') return;
      state = 'running';
      clearTimeout(timer);
      resolve({
        pid: child.pid ?? 0,
        url: handover.url,
        stop: (graceMs = 5000) => {
          state = 'stopping';
          return stop(child, gone, graceMs);
        },
      });
    });
  });
}

/** The variables of Electron and of debuggers must not reach the gateway. */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(?:ELECTRON_|CHROME_|PW_|NODE_OPTIONS$|NODE_CHANNEL_)/u.test(name),
    ),
  );
}

async function stop(child: ChildProcess, gone: Promise<void>, graceMs: number): Promise<void> {
  // Only ever our own child: after its exit the pid may belong to someone else.
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  let buffered = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    buffered += text;
    for (let end = buffered.indexOf('\n'); end >= 0; end = buffered.indexOf('\n')) {
      const line = buffered.slice(0, end);
      buffered = buffered.slice(end + 1);
      onLine(line);
    }
    // A pipe that never ends a line must not fill the memory.
    if (buffered.length > 10_000) buffered = '';
  });
  stream.on('error', () => undefined);
}
