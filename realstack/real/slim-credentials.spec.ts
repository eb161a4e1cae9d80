import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { ConnectionState, NetworkService } from '@muster/api';
import { issueAuthority, issueLeaf, spki, subjectKeyId } from '@muster/practice/spire/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toPem } from '../../apps/gateway/src/upstream/workload/der.ts';
import { binaries } from '../paths.ts';
import { freePorts } from '../ports.ts';
import { eventually, openRealConsole, type RealConsole } from './console.ts';

const execute = promisify(execFile);
const ownId = 'spiffe://org-a.test/muster/test';
const password = 'a-password-of-this-run';

let stackConsole: RealConsole;
let real: RealConsole;
let folder: string;
let plane: ChildProcess;

const put = (name: string, text: string | Buffer): string => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};

/** Certificates for `localhost`, of an authority made for this run. */
function certificates() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = {
    name: { country: 'US', organization: 'SPIFFE' },
    key: privateKey,
    subjectKeyId: subjectKeyId(spki(privateKey)),
  };
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const leaf = (name: string) => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const asked = {
      spiffeId: `spiffe://local.test/${name}`,
      publicKey: spki(pair.privateKey),
      dnsNames: ['localhost'],
    };
    return {
      cert: put(`${name}.pem`, toPem([issueLeaf(asked, issuer, validity)])),
      key: put(`${name}.key`, String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }))),
    };
  };
  return {
    ca: put('ca.pem', toPem([issueAuthority('local.test', issuer, validity)])),
    server: leaf('server'),
    client: leaf('client'),
  };
}

const jwtKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
function token(audience: string): string {
  const part = (what: object): string => Buffer.from(JSON.stringify(what)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const head = `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ sub: 'muster', iss: 'real', aud: [audience], iat: now, nbf: now - 5, exp: now + 600 })}`;
  const signature = sign('sha256', Buffer.from(head), {
    key: jwtKey.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${head}.${signature.toString('base64url')}`;
}

/** The SPIFFE ID of whoever listens: the plane takes the first of the SVIDs that the agent has for its user. */
function idAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const names = (socket.getPeerCertificate().subjectaltname ?? '').split(', ');
      socket.destroy();
      resolve(names.find((name) => name.startsWith('URI:'))?.slice(4) ?? '');
    });
    socket.once('error', reject);
  });
}

const states = async () =>
  new Map((await real.connections.listConnections({})).connections.map((one) => [one.name, one]));
const inState = (name: string, state: ConnectionState) =>
  eventually(40, async () => {
    const found = (await states()).get(name);
    return found?.state === state && found;
  });

beforeAll(async () => {
  stackConsole = await openRealConsole();
  folder = mkdtempSync(join(tmpdir(), 'muster-slim-credentials-'));
  const { ca, server, client } = certificates();
  const { agentSocket } = stackConsole.stack.orgA;
  const ports = await freePorts(6);
  const [basic = 0, mutual = 0, jwt = 0, svid = 0, both = 0, south = 0] = ports;
  const tls = { source: { type: 'file', cert: server.cert, key: server.key } };
  const spire = { type: 'spire', socket_path: `unix://${agentSocket}` };
  const spireTls = {
    source: spire,
    client_ca: { ...spire, trust_domains: ['org-a.test'] },
  };
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  const jwtPublic = put('jwt.pub', String(jwtKey.publicKey.export({ format: 'pem', type: 'spki' })));
  const config = put(
    'control-plane.yaml',
    JSON.stringify({
      northbound: [
        { ...at(basic), tls, auth: { type: 'basic', username: 'operator', password } },
        { ...at(mutual), tls: { ...tls, client_ca: { type: 'file', path: ca } } },
        {
          ...at(jwt),
          tls,
          auth: {
            type: 'jwt',
            claims: { audience: ['slim'], issuer: 'real' },
            duration: '1h',
            key: { type: 'decoding', algorithm: 'ES256', format: 'pem', key: { file: jwtPublic } },
          },
        },
        { ...at(svid), tls: spireTls },
        { ...at(both), tls: spireTls, auth: { ...spire, jwt_audiences: ['slim'], trust_domains: [] } },
      ],
      southbound: { ...at(south), tls: { insecure: true } },
      database: { type: 'in_memory' },
      topology: {},
    }),
  );
  const log = openSync(join(folder, 'log'), 'a');
  plane = spawn(binaries().slimControlPlane, ['--config', config], { stdio: ['ignore', log, log] });
  closeSync(log);
  const serverId = await eventually(40, () => idAt(svid));
  const host = { kind: 'slim-control-plane', caFile: ca };
  const of = (port: number) => ({ ...host, address: `https://localhost:${port}` });
  const ofSvid = (port: number) => ({
    kind: 'slim-control-plane',
    address: `https://127.0.0.1:${port}`,
    workloadApi: 'agent',
    spiffeId: ownId,
    serverId,
  });
  put('password', password);
  put('token', token('slim'));
  const muster = put(
    'muster.yaml',
    JSON.stringify({
      connections: [
        { ...of(basic), name: 'basic', username: 'operator', passwordFile: 'password' },
        { ...of(basic), name: 'basic-wrong', username: 'operator', passwordFile: 'token' },
        { ...of(basic), name: 'basic-none' },
        { ...of(mutual), name: 'mutual', certFile: client.cert, keyFile: client.key },
        { ...of(mutual), name: 'mutual-none' },
        { ...of(jwt), name: 'jwt', tokenFile: 'token' },
        { ...of(jwt), name: 'jwt-wrong', tokenFile: put('token-wrong', token('another')) },
        { ...ofSvid(svid), name: 'svid' },
        { ...ofSvid(svid), name: 'svid-of-another', serverId: `${serverId}/x` },
        { ...ofSvid(both), name: 'both', jwtAudience: 'slim' },
        { ...ofSvid(both), name: 'both-wrong', jwtAudience: 'another' },
        { name: 'agent', kind: 'workload-api', address: `unix://${agentSocket}` },
      ],
    }),
  );
  real = await openRealConsole(muster);
});
afterAll(async () => {
  await real?.close();
  await stackConsole?.close();
  plane?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('a real control plane that asks for credentials', () => {
  it.each([
    ['basic', 'with the password of operator'],
    ['mutual', 'with a client certificate'],
    ['jwt', 'with a token'],
    ['svid', `with the X.509-SVID of ${ownId}`],
    ['both', `with the X.509-SVID of ${ownId} and a JWT-SVID of ${ownId}`],
  ])('lets %s in', async (name, description) => {
    const found = await inState(name, ConnectionState.READY);
    expect(found.description).toContain(description);
    const { nodes, freshness } = await real.client(NetworkService).listNodes({ connection: name });
    expect(nodes).toEqual([]);
    expect(freshness).toBeDefined();
  });

  it.each([
    ['basic-wrong', /^It asks for a credential, and none it accepts was given\.$/u],
    ['basic-none', /^It asks for a credential, and none it accepts was given\.$/u],
    ['jwt-wrong', /^It asks for a credential, and none it accepts was given\.$/u],
    ['both-wrong', /^It asks for a credential, and none it accepts was given\.$/u],
    ['mutual-none', /^It refused our certificate, or asks for one where we have none\./u],
    ['svid-of-another', /another SPIFFE ID or name/u],
  ])('keeps %s out, and the reason says which it was', async (name, reason) => {
    expect((await inState(name, ConnectionState.FAILED)).reason).toMatch(reason);
  });

  it('takes the equivalent command, with the password put in its place', async () => {
    const { command } = await real.client(NetworkService).listNodes({ connection: 'basic' });
    const [tool = '', ...words] = (command?.line ?? '').replace('PASSWORD', password).split(' ');
    expect(tool).toBe('slimctl');
    const { stdout } = await execute(binaries().slimctl, words);
    expect(stdout).toMatch(/0 node/u);
  });
});
