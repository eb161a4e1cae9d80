import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isBuilt } from './build.ts';
import { isAlive } from './identity.ts';
import { planLayout, type DomainPlan, type Layout, type Letter } from './layout.ts';
import { withLock } from './lock.ts';
import { musterConfig } from './muster-config.ts';
import { binaries, defaultRunDir } from './paths.ts';
import { launch, untilReady } from './process.ts';
import { bringUpSlim } from './slim.ts';
import { bringUpSpire, ownIds, type Bring } from './spire.ts';
import {
  makeRunDir,
  readState,
  writeState,
  type SlimNodeState,
  type StackState,
  type TrustDomainState,
} from './state.ts';
import { endAll } from './stop.ts';

export { endProcess, restartProcess, resumeProcess } from './restart.ts';
export { readState, type ProcessName, type StackState } from './state.ts';
export { stopStack } from './stop.ts';

export interface StartOptions {
  /** Run directory: new, empty, or one of an earlier start. Default: `run` in the cache. */
  dir?: string;
  say?: (line: string) => void;
  /** Ends a start that is under way; what it started is ended too. */
  signal?: AbortSignal;
}

/**
 * Starts the real stack and resolves when all of it serves. When something does not come up, everything is ended again and
 * the error says what failed, why, and its last log lines; the logs stay in the run directory.
 */
export async function startStack(options: StartOptions = {}): Promise<StackState> {
  const dir = resolve(options.dir ?? defaultRunDir());
  const say = options.say ?? (() => undefined);
  if (!isBuilt()) throw new Error('The programs are not built yet: run `build` first.');
  return withLock(dir, say, async () => {
    clear(dir);
    makeRunDir(dir);
    const layout = await planLayout(dir);
    const state = initialState(layout);
    writeState(state);
    await bringUp(layout, state, options.signal);
    writeFileSync(state.musterConfig, musterConfig(layout), { mode: 0o600 });
    state.complete = true;
    writeState(state);
    return state;
  });
}

/** Removes what an earlier start left in `dir`; refuses while any of it runs. */
function clear(dir: string): void {
  const earlier = readState(dir);
  if (!earlier) return;
  const alive = earlier.processes.filter(isAlive);
  if (alive.length > 0)
    throw new Error(
      `the stack in ${dir} runs already (${alive.map(({ name }) => name).join(', ')}): stop it first`,
    );
  rmSync(dir, { recursive: true });
}

async function bringUp(layout: Layout, state: StackState, signal?: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const abort = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const bring: Bring = async (what) => {
    abort.throwIfAborted();
    const running = launch(what);
    state.processes.push(running);
    writeState(state);
    await untilReady(running, abort);
  };
  let first: { error: unknown } | undefined;
  // Both halves must have settled before anything is ended, or one could go on starting processes.
  await Promise.allSettled(
    [bringUpSpire, bringUpSlim].map(async (half) => {
      try {
        await half(layout, state.binaries, bring, abort);
      } catch (error) {
        first ??= { error: signal?.aborted ? signal.reason : error };
        stop.abort(error);
      }
    }),
  );
  if (!first) return;
  await endAll(state);
  throw first.error;
}

function initialState(layout: Layout): StackState {
  const { dir, a, b, slim } = layout;
  const http = (port: number): string => `http://127.0.0.1:${port}`;
  const domain = (plan: DomainPlan, other: DomainPlan): TrustDomainState => ({
    trustDomain: plan.trustDomain,
    serverSocket: plan.serverSocket,
    serverPort: plan.serverPort,
    bundlePort: plan.bundlePort,
    agentSocket: plan.agentSocket,
    adminSocket: plan.adminSocket,
    nodeId: plan.nodeId,
    ownIds: ownIds(plan, other),
  });
  const node = (letter: Letter): SlimNodeState => {
    const { name, domain: slimDomain, dataPort, controllerPort } = slim.nodes[letter];
    return { name, domain: slimDomain, dataplane: http(dataPort), controller: http(controllerPort) };
  };
  return {
    version: 1,
    dir,
    startedAt: new Date().toISOString(),
    complete: false,
    processes: [],
    binaries: binaries(),
    musterConfig: join(dir, 'muster.yaml'),
    orgA: domain(a, b),
    orgB: domain(b, a),
    slim: {
      controlPlane: http(slim.northPort),
      nodeA: node('a'),
      nodeB: node('b'),
      channelManager: http(slim.managerPort),
      audience: slim.localName,
      ownerKeyFile: slim.ownerKeyFile,
      sharedSecretFile: slim.sharedSecretFile,
    },
  };
}
