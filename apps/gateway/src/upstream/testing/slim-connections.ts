import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectionState } from '@muster/api';
import type { ConnectionConfig, SlimCredentials } from '../../config/types.ts';
import { toPem } from '../workload/der.ts';
import { testAuthority } from './authority.ts';
import type { TestLeaf } from './authority.ts';
import { testConnections } from './connections.ts';
import { privatePem, startWorkloadApi } from './remote.ts';
import type { Given } from './remote.ts';
import { startSlimServer } from './slim-server.ts';
import type { SlimServer } from './slim-server.ts';
import { temporaryDirectory, until } from './wait.ts';

const td = 'slim.example';
export const serverId = `spiffe://${td}/slim/control-plane`;
export const ownId = `spiffe://${td}/muster`;
export const authority = testAuthority(td);
export const other = testAuthority('other.example');

const closing: (() => unknown)[] = [];
/** To be called after each test. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).toReversed()) await close();
}

export const directory = temporaryDirectory();
let files = 0;
/** In place of another, as spiffe-helper puts it: written beside it, then renamed. */
export function put(path: string, text: string): string {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}
export const file = (text: string): string => put(join(directory, `file-${(files += 1)}`), text);
export const caFile = file(toPem([authority.der]));
export const pemOf = ({ der, key }: TestLeaf) => ({ cert: toPem([der]), key: privatePem(key) });
export const jwt = (claims: object): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`;
/** Unix seconds. */
export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

export const given = (...paths: string[]): Given => ({
  own: authority,
  svids: paths.map((path) => ({
    spiffeId: `spiffe://${td}${path}`,
    leaf: authority.leaf(`spiffe://${td}${path}`),
  })),
  tokens: (audience) =>
    paths.map((path) => ({
      spiffeId: `spiffe://${td}${path}`,
      svid: jwt({ aud: audience, exp: inSeconds(300), iat: inSeconds(0), n: Math.random() }),
    })),
});

export async function serve(tls?: Parameters<typeof startSlimServer>[0], port?: number): Promise<SlimServer> {
  const server = await startSlimServer(tls, port);
  closing.push(() => server.close());
  return server;
}

/** Both kinds, with the same credentials. */
export async function connect(address: string, credentials: SlimCredentials, api?: { socket: string }) {
  const config: ConnectionConfig[] = [
    { name: 'plane', kind: 'slim-control-plane', address, ...credentials },
    { name: 'manager', kind: 'channel-manager', address, ...credentials },
    ...(api ? [{ name: 'agent', kind: 'workload-api' as const, address: `unix://${api.socket}` }] : []),
  ];
  const connections = testConnections(config);
  connections.start();
  closing.push(() => connections.close());
  await connections.settled();
  const [plane] = connections.planes;
  const [manager] = connections.managers;
  if (!plane || !manager) throw new Error('not there');
  return { plane, manager, both: [plane, manager] as const };
}

export type Both = Awaited<ReturnType<typeof connect>>['both'];

/** Waits until both are in a state, and returns what they say of it. */
export async function inState(both: Both, state: ConnectionState) {
  const found = [];
  for (const { link } of both)
    found.push(
      await until(
        () => link.describe(),
        (one) => one.state === state,
      ),
    );
  return found;
}

export const reasons = async (both: Both): Promise<string[]> =>
  (await inState(both, ConnectionState.FAILED)).map(({ reason }) => reason);
export const twice = <T>(one: T): T[] => [one, one];

export async function workload(first: Given | undefined) {
  const api = await startWorkloadApi(temporaryDirectory());
  closing.push(() => api.stop());
  api.give(first);
  return api;
}
