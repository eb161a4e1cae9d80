import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { ConnectionState } from '@muster/api';
import { issueAuthority, issueLeaf, spki, subjectKeyId } from '@muster/practice/spire/x509';
import { Agent } from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import { Bundle } from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import { Entry } from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import { afterAll, describe, expect, it } from 'vitest';
import { startHarness, temporaryDirectory } from '../testing/harness.ts';
import { toPem } from '../workload/der.ts';

const td = 'tls.example';
const hour = 3_600_000;
const pem = (key: KeyObject): string => String(key.export({ format: 'pem', type: 'pkcs8' }));

function authority() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = {
    name: { country: 'US', organization: 'SPIFFE' },
    key: privateKey,
    subjectKeyId: subjectKeyId(spki(privateKey)),
  };
  const der = issueAuthority(td, issuer, {
    notBefore: new Date(Date.now() - hour),
    notAfter: new Date(Date.now() + hour),
  });
  const leaf = (spiffeId: string, ends = Date.now() + hour) => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const certificate = issueLeaf({ spiffeId, publicKey: spki(pair.privateKey), dnsNames: [] }, issuer, {
      notBefore: new Date(Date.now() - hour),
      notAfter: new Date(ends),
    });
    return { cert: toPem([certificate]), key: pem(pair.privateKey) };
  };
  return { der, ca: toPem([der]), leaf };
}

const real = authority();
const impostor = authority();
const servers: { close: () => unknown }[] = [];

async function serve(options: { cert: string; key: string; maxVersion?: 'TLSv1.1' }): Promise<string> {
  const server = createSecureServer(
    {
      ...options,
      minVersion: options.maxVersion ?? 'TLSv1.2',
      ca: real.ca,
      requestCert: true,
      rejectUnauthorized: true,
      ...(options.maxVersion ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
    },
    connectNodeAdapter({
      connect: false,
      grpcWeb: false,
      routes(router) {
        router.service(Bundle, {
          getBundle: () => ({ trustDomain: td, x509Authorities: [{ asn1: new Uint8Array(real.der) }] }),
          listFederatedBundles: () => ({}),
        });
        router.service(Entry, { listEntries: () => ({}) });
        router.service(Agent, { listAgents: () => ({}) });
      },
    }),
  );
  server.on('session', (session) => session.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stateOf(address: string, client = real.leaf(`spiffe://${td}/console`)) {
  const directory = temporaryDirectory();
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  const harness = await startHarness([
    {
      name: 'tls',
      kind: 'spire-server',
      address,
      trustDomain: td,
      certFile: file('cert.pem', client.cert),
      keyFile: file('key.pem', client.key),
      bundleFile: file('bundle.pem', real.ca),
    },
  ]);
  await harness.console.ready;
  const { connections } = await harness.connections.listConnections({});
  await harness.console.close();
  return [connections[0]?.state, connections[0]?.reason ?? ''] as const;
}

afterAll(() => {
  for (const server of servers) server.close();
});

describe('a SPIRE server over TLS', () => {
  it('is used when its SVID is the server’s of that trust domain', async () => {
    expect(await stateOf(await serve(real.leaf(`spiffe://${td}/spire/server`)))).toEqual([
      ConnectionState.READY,
      '',
    ]);
  });

  it.each([
    ['S-23: another SPIFFE ID', () => serve(real.leaf(`spiffe://${td}/spire/agent/x`)), /another SPIFFE ID/u],
    [
      'S-23: a longer SPIFFE ID',
      () => serve(real.leaf(`spiffe://${td}/spire/server/x`)),
      /another SPIFFE ID/u,
    ],
    [
      'S-23: another authority',
      () => serve(impostor.leaf(`spiffe://${td}/spire/server`)),
      /not issued by the authorities/u,
    ],
    [
      'S-23: an expired SVID',
      () => serve(real.leaf(`spiffe://${td}/spire/server`, Date.now() - 1000)),
      /expired/u,
    ],
    [
      'S-23: TLS 1.1',
      () => serve({ ...real.leaf(`spiffe://${td}/spire/server`), maxVersion: 'TLSv1.1' }),
      /TLS handshake failed/u,
    ],
  ])('refuses %s', async (_name, start, reason) => {
    const [state, said] = await stateOf(await start());
    expect(state).toBe(ConnectionState.FAILED);
    expect(said).toMatch(reason);
  });

  it('is not connected when the server refuses our SVID', async () => {
    // SPIRE answers with an alert, Node's server only hangs up; the alert's code is in errors.spec.ts.
    const expired = real.leaf(`spiffe://${td}/console`, Date.now() - 1000);
    const [state] = await stateOf(await serve(real.leaf(`spiffe://${td}/spire/server`)), expired);
    expect(state).toBe(ConnectionState.FAILED);
  });
});
