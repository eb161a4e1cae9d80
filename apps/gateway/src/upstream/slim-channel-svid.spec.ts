import { ConnectionState } from '@muster/api';
import { afterEach, describe, expect, it } from 'vitest';
import type { SlimCredentials } from '../config/types.ts';
import {
  authority,
  closeAll,
  connect,
  given,
  inSeconds,
  inState,
  jwt,
  other,
  ownId,
  reasons,
  serve,
  serverId,
  workload,
} from './testing/slim-connections.ts';
import type { Given } from './testing/remote.ts';
import { hasId } from './transport.ts';
import { until } from './testing/wait.ts';

afterEach(closeAll);

describe('SVIDs of a Workload API', () => {
  const x509: SlimCredentials = { workloadApi: 'agent', serverId };

  it('sign in by mutual TLS; each renewal is taken over and fails no call', { timeout: 60_000 }, async () => {
    const server = await serve({ own: authority.leaf(serverId), clientsOf: authority });
    server.slow = 15;
    const api = await workload(given('/muster'));
    const { plane, manager, both } = await connect(server.address, x509, api);
    const [described] = await inState(both, ConnectionState.READY);
    expect(described?.description).toBe(
      `SLIM control plane 2.0–3.4, 1 node, with the X.509-SVID of ${ownId}`,
    );
    const errors: unknown[] = [];
    const run = { going: true };
    const callers = [() => plane.plane.nodes(), () => manager.channels()].map(async (call) => {
      while (run.going) await call().catch((error: unknown) => errors.push(error));
    });
    const used = () => new Set(server.serials).size;
    for (let rotation = 1; rotation <= 10; rotation += 1) {
      api.give(given('/muster'));
      await until(used, (count) => count === 1 + rotation);
    }
    run.going = false;
    await Promise.all(callers);
    expect(errors).toEqual([]);
  });

  it('know a server by its SPIFFE ID, whatever host names stand beside it', async () => {
    const api = await workload(given('/muster'));
    const named = await serve({
      own: authority.leaf(serverId, { dnsNames: ['else.example', 'plane.example'] }),
    });
    const good = await connect(named.address, x509, api);
    await inState(good.both, ConnectionState.READY);
    expect(hasId(`DNS:"x, URI:${serverId}, y"`, serverId)).toBe(false);
    expect(hasId(`URI:${serverId}, URI:${serverId}`, serverId)).toBe(false);
    // A name with the ID inside it is no ID.
    for (const dnsNames of [[`x, URI:${serverId}, y`], [`URI:${serverId}`], [`x, URI:${serverId}`]]) {
      const server = await serve({ own: authority.leaf(`${serverId}/x`, { dnsNames }) });
      const bad = await connect(server.address, x509, api);
      for (const said of await reasons(bad.both)) expect(said).toMatch(/another SPIFFE ID or name/u);
      expect(server.authorizations).toEqual([]);
    }
  });

  it.each([
    ['S-23: another SPIFFE ID', `${serverId}/x`, authority, x509, /another SPIFFE ID or name/u],
    ['S-23: other authorities', serverId, other, x509, /not issued by the authorities/u],
    [
      'S-23: a trust domain whose bundle is not given',
      serverId,
      authority,
      { ...x509, serverId: 'spiffe://third.example/x' },
      /agent gives no bundle of third\.example/u,
    ],
  ])('refuse a server of %s', async (_name, id, issuer, credentials, reason) => {
    const server = await serve({ own: issuer.leaf(id) });
    const api = await workload(given('/muster'));
    const { both } = await connect(server.address, credentials, api);
    for (const said of await reasons(both)) expect(said).toMatch(reason);
    expect(server.authorizations).toEqual([]);
  });

  it('fail closed when withdrawn, and come back by themselves', async () => {
    const server = await serve({ own: authority.leaf(serverId), clientsOf: authority });
    const api = await workload(given('/muster'));
    const { plane, manager, both } = await connect(server.address, x509, api);
    await inState(both, ConnectionState.READY);
    api.give(undefined);
    for (const said of await reasons(both))
      expect(said).toMatch(/^There is no SVID to sign in to it with: agent gives none/u);
    const before = server.authorizations.length;
    expect(() => plane.plane).toThrow();
    await expect(manager.channels()).rejects.toThrow();
    expect(server.authorizations).toHaveLength(before);
    api.give(given('/muster'));
    await inState(both, ConnectionState.READY);
  });

  it('S-36: are used no more once expired, though the session is open', { timeout: 20_000 }, async () => {
    const server = await serve({ own: authority.leaf(serverId), clientsOf: authority });
    const leaf = authority.leaf(ownId, { to: Date.now() + 3000 });
    const api = await workload({ own: authority, svids: [{ spiffeId: ownId, leaf }] });
    const { both } = await connect(server.address, x509, api);
    await inState(both, ConnectionState.READY);
    for (const said of await reasons(both))
      expect(said).toMatch(/our certificate expired at .*Z and no new one came/u);
  });

  it('are said to be not renewed while the agent is away', async () => {
    const server = await serve({ own: authority.leaf(serverId), clientsOf: authority });
    const api = await workload(given('/muster'));
    const { both } = await connect(server.address, x509, api);
    await inState(both, ConnectionState.READY);
    await api.stop();
    for (const { reason } of await inState(both, ConnectionState.DEGRADED))
      expect(reason).toMatch(
        /^Our SVID is not renewed: agent is not connected\. .* It is valid until \d{4}-.*Z\.$/u,
      );
  });

  it('sign in by a JWT-SVID for the audience', async () => {
    const server = await serve();
    const api = await workload(given('/muster'));
    const { both } = await connect(server.address, { workloadApi: 'agent', jwtAudience: 'slim' }, api);
    const [plane] = await inState(both, ConnectionState.READY);
    expect(plane?.description).toBe(`SLIM control plane 2.0–3.4, 1 node, with a JWT-SVID of ${ownId}`);
    for (const one of server.authorizations) {
      const claims: unknown = JSON.parse(Buffer.from(one.split('.')[1] ?? '', 'base64url').toString());
      expect(claims).toMatchObject({ aud: 'slim' });
    }
    // The token is valid for minutes yet; the identity is not.
    api.give(undefined);
    for (const said of await reasons(both)) expect(said).toMatch(/agent gives no JWT-SVID: It issues no/u);
  });

  it('need to be told which of several to use, also for a JWT-SVID', async () => {
    const server = await serve();
    const api = await workload(given('/muster', '/web'));
    const credentials = { workloadApi: 'agent', jwtAudience: 'slim' };
    const unclear = await connect(server.address, credentials, api);
    for (const said of await reasons(unclear.both))
      expect(said).toMatch(/gives 2 identities; name the one to use/u);
    expect(server.authorizations).toEqual([]);
    const chosen = await connect(server.address, { ...credentials, spiffeId: ownId }, api);
    await inState(chosen.both, ConnectionState.READY);
  });

  it('are fetched anew before they expire, and end with the identity', { timeout: 30_000 }, async () => {
    const server = await serve();
    const short: Given = {
      ...given('/muster'),
      tokens: () => [
        { spiffeId: ownId, svid: jwt({ exp: inSeconds(6), iat: inSeconds(0), n: Math.random() }) },
      ],
    };
    const api = await workload(short);
    const { both } = await connect(server.address, { workloadApi: 'agent', jwtAudience: 'slim' }, api);
    await inState(both, ConnectionState.READY);
    await until(
      () => new Set(server.authorizations).size,
      (count) => count >= 5,
      20_000,
    );
    expect(both.map(({ link }) => link.state.state)).toEqual(['ready', 'ready']);
    api.give(undefined);
    for (const said of await reasons(both))
      expect(said).toMatch(
        /^There is no SVID to sign in to it with: agent gives no JWT-SVID: It issues no identity/u,
      );
  });
});
