import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import type { ConnectError } from '@connectrpc/connect';
import { ConnectionState, NetworkService } from '@muster/api';
import { afterEach, describe, expect, it } from 'vitest';
import type { SlimCredentials } from '../config/types.ts';
import { line } from '../log.ts';
import { startHarness } from './testing/harness.ts';
import {
  authority,
  caFile,
  closeAll,
  file,
  given,
  inSeconds,
  jwt,
  ownId,
  pemOf,
  serve,
  serverId,
  workload,
} from './testing/slim-connections.ts';
import type { SlimServer } from './testing/slim-server.ts';
import { until } from './testing/wait.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await closeAll();
});

const password = 'canary-password-3f9a';
const token = jwt({ sub: 'canary-token', exp: inSeconds(600) });
const svidToken = jwt({ sub: 'canary-svid', aud: 'slim', exp: inSeconds(600), iat: inSeconds(0) });
const own = pemOf(authority.leaf(ownId));
const ownerKey = String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));

/** Every way a secret could be written. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')];
}
/** A key is known by what is in the middle of it: its frame is in every key. */
const body = (pem: string): string => pem.replaceAll(/-----.*-----|\s/gu, '').slice(-40);
const canaries = [
  ...[password, token, svidToken].flatMap(forms),
  Buffer.from(`operator:${password}`).toString('base64'),
  // The signature alone makes the rest of a token worth something.
  'c2lnbmF0dXJl',
  body(own.key),
  body(ownerKey),
];

const text = (value: unknown): string =>
  `${inspect(value, { depth: 20, maxArrayLength: null, maxStringLength: null, breakLength: Infinity })}
${JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? String(one) : one))}`;

/** Everything that leaves the gateway for these credentials, on good days and bad ones. */
async function everything(credentials: SlimCredentials, server: SlimServer, address = server.address) {
  const api = await workload({
    ...given('/muster'),
    tokens: () => [{ spiffeId: ownId, svid: svidToken }],
  });
  const more = { address, ...credentials };
  const harness = await startHarness(
    [
      { name: 'plane', kind: 'slim-control-plane', ...more },
      { name: 'manager', kind: 'channel-manager', ...more, ownerKeyFile: file(ownerKey), audience: 'x/y/z' },
      { name: 'agent', kind: 'workload-api', address: `unix://${api.socket}` },
    ],
    { retry: { first: 20, most: 200, check: 100 } },
  );
  closing.push(() => harness.console.close());
  await harness.console.ready;
  const out: unknown[] = [];
  const take = async (what: Promise<unknown>): Promise<void> =>
    void out.push(
      await what.catch((error: unknown) => {
        const { message, rawMessage, details, metadata } = error as ConnectError;
        out.push(line('error', 'rpc', { cause: error }));
        return { message, rawMessage, details, metadata: [...(metadata ?? [])] };
      }),
    );
  const states = async () => (await harness.connections.listConnections({})).connections;
  const network = harness.client(NetworkService);
  const look = async (): Promise<void> => {
    await take(states());
    await take(harness.groups.listChannels({}));
    await take(harness.groups.listMembers({ connection: 'manager', channel: 'a/b/c' }));
    await take(network.listNodes({}));
    await take(network.listControlPlanes({}));
    await take(network.listNodeConnections({ connection: 'plane', node: 'domain-a/node-a' }));
    await take(network.listSegments({}));
  };
  const slim = async (state: ConnectionState) =>
    until(states, (all) => all.filter((one) => one.name !== 'agent').every((one) => one.state === state));
  await slim(ConnectionState.READY);
  await look();
  // A server that repeats what it was sent.
  server.refusal = (authorization) => `denied for “${authorization}”`;
  const plan = await harness.plan('channel.create', { connection: 'manager', name: 'a/b/c', members: [] });
  out.push(plan);
  await take(harness.apply(plan.digest));
  server.admit = () => false;
  await slim(ConnectionState.FAILED);
  await look();
  await take(harness.plan('channel.create', { connection: 'manager', name: 'a/b/d', members: [] }));
  for (const event of harness.events) out.push(event);
  return out.map(text).join('\n');
}

describe('S-13, S-14, S-21, S-40: credentials of SLIM servers', () => {
  it.each<[string, SlimCredentials, boolean]>([
    ['a password', { username: 'operator', passwordFile: file(password) }, false],
    ['a token', { tokenFile: file(token) }, false],
    ['a JWT-SVID', { workloadApi: 'agent', jwtAudience: 'slim' }, false],
    [
      'a certificate and a password',
      {
        caFile,
        certFile: file(own.cert),
        keyFile: file(own.key),
        username: 'operator',
        passwordFile: file(password),
      },
      true,
    ],
    ['an X.509-SVID and a token', { workloadApi: 'agent', serverId, tokenFile: file(token) }, true],
  ])('of %s are in nothing that leaves the gateway', { timeout: 60_000 }, async (_name, credentials, tls) => {
    const named = authority.leaf(serverId, { dnsNames: ['localhost'] });
    const server = await serve(
      tls
        ? { own: credentials.serverId === undefined ? named : authority.leaf(serverId), clientsOf: authority }
        : undefined,
    );
    const out = await everything(
      credentials,
      server,
      tls ? `https://localhost:${server.port}` : server.address,
    );
    // They were sent, so they could have come back; and it was refused in the end.
    expect(server.authorizations.some((one) => one !== '')).toBe(true);
    expect(out).toContain('none it accepts was given');
    expect(out).toContain('[our credential]');
    for (const canary of canaries) expect(out).not.toContain(canary);
    // S-40: nor is where they lie, but for the flags of commands, which name files.
    expect(out.replaceAll(/slimctl [^"'\n]*/gu, '')).not.toContain('/file-');
  });
});
