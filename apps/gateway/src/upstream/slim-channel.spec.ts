import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectionState } from '@muster/api';
import { createClient } from '@connectrpc/connect';
import { ChannelManagerService } from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import { afterEach, describe, expect, it } from 'vitest';
import type { SlimCredentials } from '../config/types.ts';
import { SlimChannel } from './slim-channel.ts';
import {
  authority,
  caFile,
  closeAll,
  connect,
  directory,
  file,
  inSeconds,
  inState,
  jwt,
  other,
  ownId,
  pemOf,
  put,
  reasons,
  serve,
  serverId,
  twice,
} from './testing/slim-connections.ts';
import { until } from './testing/wait.ts';

afterEach(closeAll);

describe('a SLIM server over TLS', () => {
  it('is known by its host name and the authorities configured', async () => {
    const server = await serve({ own: authority.leaf(serverId, { dnsNames: ['localhost'] }) });
    const { both } = await connect(`https://localhost:${server.port}`, { caFile });
    const [plane, manager] = await inState(both, ConnectionState.READY);
    expect(plane?.description).toBe('SLIM control plane 2.0–3.4, 1 node');
    expect(manager?.description).toBe('SLIM channel manager 3.3 or later');
    expect(new Set(server.authorizations)).toEqual(new Set(['']));
  });

  it.each([
    [
      'S-23: of another host name',
      authority.leaf(serverId, { dnsNames: ['else.example'] }),
      /another SPIFFE ID or name/u,
    ],
    [
      'S-23: of other authorities',
      other.leaf(serverId, { dnsNames: ['localhost'] }),
      /not issued by the authorities/u,
    ],
    [
      'S-23: with an expired certificate',
      authority.leaf(serverId, { dnsNames: ['localhost'], to: Date.now() - 1000 }),
      /expired/u,
    ],
  ])('is refused %s', async (_name, own, reason) => {
    const server = await serve({ own });
    const { both } = await connect(`https://localhost:${server.port}`, {
      caFile,
      username: 'operator',
      passwordFile: file('a-password'),
    });
    for (const said of await reasons(both)) expect(said).toMatch(reason);
    // What we sign in with was not shown to it.
    expect(server.authorizations).toEqual([]);
  });

  it(
    'is signed in to with a certificate, and the next one is taken over in the middle of calls',
    { timeout: 60_000 },
    async () => {
      const server = await serve({
        own: authority.leaf(serverId, { dnsNames: ['localhost'] }),
        clientsOf: authority,
      });
      server.slow = 15;
      const first = pemOf(authority.leaf(ownId));
      const certFile = file(first.cert);
      const keyFile = file(first.key);
      const { plane, manager, both } = await connect(`https://localhost:${server.port}`, {
        caFile,
        certFile,
        keyFile,
      });
      const [described] = await inState(both, ConnectionState.READY);
      expect(described?.description).toBe('SLIM control plane 2.0–3.4, 1 node, with a client certificate');
      const errors: unknown[] = [];
      const run = { going: true };
      const caller = async (call: () => Promise<unknown>): Promise<void> => {
        while (run.going) await call().catch((error: unknown) => errors.push(error));
      };
      const callers = [
        ...Array.from({ length: 4 }, () => caller(async () => plane.plane.nodes())),
        ...Array.from({ length: 4 }, () => caller(() => manager.channels())),
      ];
      const used = () => new Set(server.serials).size;
      for (let rotation = 1; rotation <= 8; rotation += 1) {
        const next = pemOf(authority.leaf(ownId));
        // One after the other, as renewals do it: for a moment they do not fit.
        put(certFile, next.cert);
        await new Promise((resolve) => setTimeout(resolve, rotation === 4 ? 800 : 30));
        put(keyFile, next.key);
        await until(used, (count) => count === 1 + rotation);
      }
      run.going = false;
      await Promise.all(callers);
      expect(errors).toEqual([]);
      await inState(both, ConnectionState.READY);
    },
  );

  it('is not connected over http, and the reason says what may be wrong', async () => {
    const server = await serve({ own: authority.leaf(serverId, { dnsNames: ['localhost'] }) });
    const { both } = await connect(`http://localhost:${server.port}`, {});
    for (const said of await reasons(both))
      expect(said).toBe('The connection broke. If it expects TLS, its address must begin with https.');
  });

  it('that asks for a certificate is not connected without one', async () => {
    const server = await serve({
      own: authority.leaf(serverId, { dnsNames: ['localhost'] }),
      clientsOf: authority,
    });
    const { both } = await connect(`https://localhost:${server.port}`, { caFile });
    expect((await reasons(both)).length).toBe(2);
  });

  it('is known by its SPIFFE ID, where that is configured with its authorities', async () => {
    const own = pemOf(authority.leaf(ownId));
    const files_ = { caFile, certFile: file(own.cert), keyFile: file(own.key) };
    const server = await serve({ own: authority.leaf(serverId), clientsOf: authority });
    const good = await connect(server.address, { ...files_, serverId });
    await inState(good.both, ConnectionState.READY);
    const bad = await connect(server.address, { ...files_, serverId: `${serverId}/x` });
    for (const said of await reasons(bad.both)) expect(said).toMatch(/another SPIFFE ID or name/u);
  });
});

describe('an open session', () => {
  const link = { up: true, lost: () => {}, retry: () => {} };
  const soon = Date.now() + 1800_000;

  it('S-36: begins no call with a certificate that expired meanwhile', async () => {
    const server = await serve({
      own: authority.leaf(serverId, { dnsNames: ['localhost'] }),
      clientsOf: authority,
    });
    const own = pemOf(authority.leaf(ownId, { to: soon }));
    let now = new Date();
    const channel = new SlimChannel(
      {
        address: `https://localhost:${server.port}`,
        caFile,
        certFile: file(own.cert),
        keyFile: file(own.key),
      },
      { now: () => now },
      link,
    );
    const client = createClient(ChannelManagerService, channel.transport);
    await expect(client.listChannels({})).rejects.toMatchObject({ code: 'not-ready' });
    expect(await channel.open()).toBe(true);
    expect(await channel.open()).toBe(false);
    await client.listChannels({});
    now = new Date(soon + 1);
    await expect(client.listChannels({})).rejects.toMatchObject({ code: 'identity' });
    await expect(channel.open()).rejects.toMatchObject({ code: 'identity' });
    expect(server.authorizations).toHaveLength(1);
    channel.close();
  });

  it('S-14: begins no call without the authorization that is configured', async () => {
    const server = await serve();
    // A gateway that lost its Workload API connection must not fall back to asking as nobody.
    const channel = new SlimChannel(
      { address: server.address, workloadApi: 'agent', jwtAudience: 'slim' },
      { now: () => new Date() },
      link,
    );
    await expect(channel.open()).rejects.toMatchObject({ code: 'identity' });
    expect(server.authorizations).toEqual([]);
  });

  it('lets a call end that began before it was retired', async () => {
    const server = await serve();
    server.slow = 300;
    const channel = new SlimChannel({ address: server.address }, { now: () => new Date() }, link);
    const client = createClient(ChannelManagerService, channel.transport);
    await channel.open();
    const call = client.listChannels({});
    await until(
      () => server.authorizations.length,
      (count) => count === 1,
    );
    channel.retire();
    expect((await call).success).toBe(true);
    await expect(client.listChannels({})).rejects.toMatchObject({ code: 'not-ready' });
    expect(await channel.open()).toBe(true);
    await client.listChannels({});
    channel.close();
  });
});

describe('a password', () => {
  it('is sent with every call, and read again when it changes', async () => {
    const server = await serve();
    const wanted = (password: string) => `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`;
    server.admit = (authorization) => authorization === wanted('first word');
    const passwordFile = file('first word\n');
    const { both } = await connect(server.address, { username: 'operator', passwordFile });
    const [plane] = await inState(both, ConnectionState.READY);
    expect(plane?.description).toMatch(/, with the password of operator$/u);

    server.admit = (authorization) => authorization === wanted('second');
    expect(await reasons(both)).toEqual(twice('It asks for a credential, and none it accepts was given.'));
    put(passwordFile, 'second');
    await inState(both, ConnectionState.READY);
  });
});

describe('a token from a file', () => {
  it('S-36: is read anew at each call: a rotation fails none', { timeout: 60_000 }, async () => {
    const server = await serve();
    const accepted = new Set<string>();
    server.admit = (authorization) => accepted.has(authorization);
    server.slow = 5;
    const issue = (): string => {
      const token = jwt({ exp: inSeconds(300), n: Math.random() });
      accepted.add(`Bearer ${token}`);
      return token;
    };
    const tokenFile = file(issue());
    const { plane, manager, both } = await connect(server.address, { tokenFile });
    await inState(both, ConnectionState.READY);
    const errors: unknown[] = [];
    const run = { going: true };
    const callers = [() => plane.plane.nodes(), () => manager.channels()].map(async (call) => {
      while (run.going) await call().catch((error: unknown) => errors.push(error));
    });
    for (let rotation = 0; rotation < 20; rotation += 1) {
      const token = issue();
      put(tokenFile, token);
      await until(
        () => server.authorizations.at(-1),
        (last) => last === `Bearer ${token}`,
      );
    }
    run.going = false;
    await Promise.all(callers);
    expect(errors).toEqual([]);
  });

  it('that has expired is not sent', async () => {
    const server = await serve();
    const { both } = await connect(server.address, { tokenFile: file(jwt({ exp: 1_700_000_000 })) });
    expect(await reasons(both)).toEqual(
      twice(
        'A credential it needs cannot be used: tokenFile holds a token that expired at 2023-11-14T22:13:20.000Z, and no new one came.',
      ),
    );
    expect(server.authorizations).toEqual([]);
  });
});

describe('a credential that cannot be used', () => {
  const gone = join(directory, 'no-such-file-canary');
  const leaf = pemOf(authority.leaf(ownId));
  const foreign = pemOf(authority.leaf(ownId));
  const expired = pemOf(authority.leaf(ownId, { to: Date.now() - 1000 }));
  const https = { caFile };
  it.each<[string, SlimCredentials, RegExp]>([
    ['caFile', { caFile: gone }, /: caFile: a credential file cannot be read \(ENOENT\)\.$/u],
    ['certFile', { ...https, certFile: gone, keyFile: file(leaf.key) }, /: certFile: .*ENOENT/u],
    ['keyFile', { ...https, certFile: file(leaf.cert), keyFile: gone }, /: keyFile: .*ENOENT/u],
    ['passwordFile', { ...https, username: 'x', passwordFile: gone }, /: passwordFile: .*ENOENT/u],
    ['tokenFile', { ...https, tokenFile: gone }, /: tokenFile: .*ENOENT/u],
    [
      'an environment variable',
      { ...https, tokenFile: 'env:MUSTER_NOT_SET' },
      /: tokenFile: the environment variable MUSTER_NOT_SET is not set/u,
    ],
    [
      'a caFile of something else',
      { caFile: file('canary-content') },
      /: caFile holds no certificate in PEM\.$/u,
    ],
    [
      'a keyFile of something else',
      { ...https, certFile: file(leaf.cert), keyFile: file('canary-content') },
      /: keyFile holds no private key/u,
    ],
    [
      'a key of another certificate',
      { ...https, certFile: file(leaf.cert), keyFile: file(foreign.key) },
      /: keyFile holds another key/u,
    ],
    [
      'an expired certificate',
      { ...https, certFile: file(expired.cert), keyFile: file(expired.key) },
      /our certificate expired at/u,
    ],
    [
      'an empty password',
      { ...https, username: 'x', passwordFile: file('\n') },
      /: passwordFile holds no password\.$/u,
    ],
    [
      'a password of two lines',
      { ...https, username: 'x', passwordFile: file('canary-content\r\nx: y') },
      /: passwordFile holds more than one line/u,
    ],
    ['an empty token', { ...https, tokenFile: file('\n') }, /: tokenFile holds no token\.$/u],
    [
      'a token with a header in it',
      { ...https, tokenFile: file('canary-content\r\nx-admin: 1') },
      /: tokenFile holds something else than one token\.$/u,
    ],
    [
      'a token that no header may hold',
      { ...https, tokenFile: file('canary-content-é') },
      /: tokenFile holds something else than one token\.$/u,
    ],
  ])('S-21: is named by its key, and nothing of it told: %s', async (_name, credentials, reason) => {
    const server = await serve({ own: authority.leaf(serverId, { dnsNames: ['localhost'] }) });
    const { both } = await connect(`https://localhost:${server.port}`, credentials);
    for (const said of await reasons(both)) {
      expect(said).toMatch(reason);
      expect(said).not.toMatch(/canary|file-\d|\/tmp/u);
    }
    expect(server.authorizations).toEqual([]);
  });

  it('is tried again, and used once it is there', async () => {
    const server = await serve();
    const tokenFile = file('x');
    rmSync(tokenFile);
    const { both } = await connect(server.address, { tokenFile });
    await reasons(both);
    put(tokenFile, 'a-token');
    await inState(both, ConnectionState.READY);
    rmSync(tokenFile);
    await reasons(both);
    put(tokenFile, 'a-token');
    await inState(both, ConnectionState.READY);
  });
});
