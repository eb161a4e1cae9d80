import { resolve } from 'node:path';
import { isAlive } from './identity.ts';
import { readState, type StackState } from './state.ts';

/** One line a process: what, whether it runs, since when, pid, where it listens. */
export function statusLines(dir: string): string[] {
  const state = readState(resolve(dir));
  if (!state) return [`nothing was started in ${dir}`];
  return [
    `${state.complete ? 'stack' : 'incomplete stack'} in ${state.dir}, started ${state.startedAt}`,
    ...state.processes.map((one) => {
      const alive = isAlive(one) ? `running since ${one.since}` : 'ended'.padEnd(38);
      const where = [...one.ready.ports.map((port) => `127.0.0.1:${port}`), ...one.ready.sockets].join(' ');
      return `  ${one.name.padEnd(16)} ${alive}  pid ${String(one.pid).padEnd(8)} ${where}`;
    }),
  ];
}

/** What a person needs after a start. */
export function summaryLines(state: StackState): string[] {
  const { orgA, orgB, slim } = state;
  const domain = (one: StackState['orgA']): string =>
    `SPIRE ${one.trustDomain}: server ${one.serverSocket} and 127.0.0.1:${one.serverPort}, agent ${one.agentSocket}`;
  return [
    ...statusLines(state.dir),
    domain(orgA),
    domain(orgB),
    `SLIM control plane ${slim.controlPlane}, nodes ${slim.nodeA.dataplane} and ${slim.nodeB.dataplane}, channel manager ${slim.channelManager}`,
    `configuration for the console: ${state.musterConfig}`,
  ];
}
