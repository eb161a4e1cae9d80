import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toJsonString } from '@bufbuild/protobuf';
import { ConnectionSchema, ConnectionState } from '@muster/api';
import { issueAuthority, issueLeaf, spki, subjectKeyId } from '@muster/practice/spire/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toPem } from '../../apps/gateway/src/upstream/workload/der.ts';
import { binaries } from '../paths.ts';
import { freePorts } from '../ports.ts';
import { eventually, openRealConsole, type RealConsole } from './console.ts';

const ownId = 'spiffe://org-a.test/muster/test';
const password = 'a-node-password-of-this-run';
const secret = 'a-secret-of-members-of-this-run-0123456789';

let stackConsole: RealConsole;
let real: RealConsole;
let folder: string;
let node: ChildProcess;

const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};

/** An authority made for this run, and certificates of it for `localhost`. */
function authority(id: string) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = {
    name: { country: 'US', organization: 'SPIFFE' },
    key: privateKey,
    subjectKeyId: subjectKeyId(spki(privateKey)),
  };
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  return {
    ca: put(`${id}.pem`, toPem([issueAuthority('local.test', issuer, validity)])),
    leaf(name: string) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const publicKey = spki(pair.privateKey);
      const asked = { spiffeId: `spiffe://local.test/${name}`, publicKey, dnsNames: ['localhost'] };
      return {
        certFile: put(`${id}-${name}.pem`, toPem([issueLeaf(asked, issuer, validity)])),
        keyFile: put(`${id}-${name}.key`, String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }))),
      };
    },
  };
}

const jwtKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
function token(audience: string): string {
  const part = (what: object): string => Buffer.from(JSON.stringify(what)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: 'muster', iss: 'real', aud: [audience], iat: now, nbf: now - 5, exp: now + 600 };
  const head = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
  const key = { key: jwtKey.privateKey, dsaEncoding: 'ieee-p1363' as const };
  return `${head}.${sign('sha256', Buffer.from(head), key).toString('base64url')}`;
}

const found = async (name: string) =>
  (await real.connections.listConnections({})).connections.find((one) => one.name === name);
const ready = (name: string) =>
  eventually(60, async () => {
    const one = await found(name);
    return one?.state === ConnectionState.READY && one;
  });
const reasonOf = (name: string, reason: RegExp) =>
  eventually(60, async () => {
    const said = (await found(name))?.reason ?? '';
    if (!reason.test(said)) throw new Error(`${name}: ${said}`);
    return true;
  });

beforeAll(async () => {
  stackConsole = await openRealConsole();
  folder = mkdtempSync(join(tmpdir(), 'muster-node-credentials-'));
  const ours = authority('ours');
  const others = authority('others');
  const server = ours.leaf('server');
  const { agentSocket } = stackConsole.stack.orgA;
  const [plain = 0, mutual = 0, basic = 0, jwt = 0, svid = 0, open = 0] = await freePorts(6);
  const tls = { source: { type: 'file', cert: server.certFile, key: server.keyFile } };
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}`, tls });
  const jwtPublic = put('jwt.pub', String(jwtKey.publicKey.export({ format: 'pem', type: 'spki' })));
  const spire = { type: 'spire', socket_path: `unix://${agentSocket}` };
  const auth = { type: 'basic', username: 'operator', password };
  const servers = [
    at(plain),
    { ...at(mutual), tls: { ...tls, client_ca: { type: 'file', path: ours.ca } } },
    { ...at(basic), auth },
    {
      ...at(jwt),
      auth: {
        type: 'jwt',
        claims: { audience: ['slim'], issuer: 'real' },
        duration: '1h',
        key: { type: 'decoding', algorithm: 'ES256', format: 'pem', key: { file: jwtPublic } },
      },
    },
    { ...at(svid), auth: { ...spire, jwt_audiences: ['slim'], trust_domains: [] } },
    { ...at(open), tls: { insecure: true }, auth },
  ];
  const dataplane = { servers, clients: [] };
  const config = put(
    'node.yaml',
    JSON.stringify({
      runtime: { n_cores: 0, thread_name: 'slim', drain_timeout: '1s' },
      services: { 'slim/0': { node_id: 'guarded', domain_name: 'guarded', dataplane } },
    }),
  );
  const log = openSync(join(folder, 'log'), 'a');
  node = spawn(binaries().slim, ['--config', config], { stdio: ['ignore', log, log] });
  closeSync(log);
  put('password', `${password}\n`);
  put('rotated', 'not-the-password');
  put('token', token('slim'));
  put('token-wrong', token('another'));
  put('secret', secret);
  const to = (name: string, port: number, more: object = {}, scheme = 'https') => ({
    name,
    kind: 'slim-node',
    address: `${scheme}://localhost:${port}`,
    ...(scheme === 'https' ? { caFile: ours.ca } : {}),
    moderator: { name: `agntcy/guarded/${name}`, sharedSecretFile: 'secret' },
    ...more,
  });
  const signIn = { username: 'operator', passwordFile: 'password' };
  const ofAgent = { workloadApi: 'agent', spiffeId: ownId };
  const muster = put(
    'muster.yaml',
    JSON.stringify({
      connections: [
        to('private', plain),
        to('private-system', plain, { caFile: undefined }),
        to('private-wrong', plain, { caFile: others.ca }),
        to('private-missing', plain, { caFile: 'nowhere.pem' }),
        to('private-name', plain, { address: `https://127.0.0.1:${plain}` }),
        to('mutual', mutual, ours.leaf('client')),
        to('mutual-none', mutual),
        to('mutual-stranger', mutual, others.leaf('client')),
        to('basic', basic, signIn),
        to('basic-none', basic),
        to('basic-rotated', basic, { ...signIn, passwordFile: 'rotated' }),
        to('jwt', jwt, { tokenFile: 'token' }),
        to('jwt-wrong', jwt, { tokenFile: 'token-wrong' }),
        to('svid', svid, { ...ofAgent, jwtAudience: 'slim' }),
        to('svid-wrong', svid, { ...ofAgent, jwtAudience: 'another' }),
        to('plain', open, signIn, 'http'),
        { name: 'agent', kind: 'workload-api', address: `unix://${agentSocket}` },
      ],
    }),
  );
  real = await openRealConsole(muster);
});
afterAll(async () => {
  await real?.close();
  await stackConsole?.close();
  node?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('the data plane of a real node that asks for credentials', () => {
  it.each([
    ['private', ''],
    ['mutual', ', with a client certificate'],
    ['basic', ', with the password of operator'],
    ['jwt', ', with a token'],
    ['svid', ', with a JWT-SVID for slim'],
    ['plain', ', with the password of operator'],
  ])('lets the moderator %s in, which makes a channel there', async (name, shown) => {
    expect((await ready(name)).description).toBe(`SLIM node, moderated as agntcy/guarded/${name}${shown}`);
    const channel = `agntcy/guarded/room-${name}`;
    await real.act('channel.create', { connection: name, name: channel, mls: true });
    const { channels } = await real.groups.listChannels({});
    expect(channels.find((one) => one.name === channel)).toMatchObject({ connection: name, session: 'open' });
    await real.act('channel.delete', { connection: name, name: channel });
  });

  it.each([
    ['private-system', /is of no authority that this computer trusts; a private one belongs in caFile/u],
    ['private-wrong', /was not issued by the authorities in caFile/u],
    ['private-missing', /: caFile: a credential file cannot be read \(ENOENT\)/u],
    ['private-name', /its certificate does not name 127\.0\.0\.1/u],
    ['mutual-none', /asks for a client certificate, and we have none/u],
    ['mutual-stranger', /refused our certificate \(certFile\)/u],
    ['basic-none', /asks for a password or token, and we have none/u],
    ['basic-rotated', /does not accept the credential we gave \(username, passwordFile\)/u],
    ['jwt-wrong', /does not accept the credential we gave \(tokenFile\)/u],
    ['svid-wrong', /does not accept the credential we gave \(jwtAudience\)/u],
  ])('keeps %s out, and the reason says which it was', async (name, reason) => {
    await reasonOf(name, reason);
    expect((await found(name))?.state).not.toBe(ConnectionState.READY);
  });

  it('is let in with the password that took the place of a wrong one', async () => {
    await reasonOf('basic-rotated', /does not accept/u);
    put('rotated', password);
    await ready('basic-rotated');
  });

  it('S-21: no password is in arguments, environment, the node’s log, or what the gateway answers', async () => {
    const one = await ready('basic');
    const ours = readdirSync('/proc').filter((pid) => parentOf(pid) === process.pid);
    const shown = ours.flatMap((pid) => [readable(`/proc/${pid}/cmdline`), readable(`/proc/${pid}/environ`)]);
    expect(shown.some((text) => text.includes('moderator/worker.ts'))).toBe(true);
    const answer = toJsonString(ConnectionSchema, one);
    expect(answer).toContain('operator');
    for (const text of [...shown, readFileSync(join(folder, 'log'), 'utf8'), answer])
      expect(text).not.toContain(password);
  });
});

function parentOf(pid: string): number | undefined {
  // The name in parentheses may hold spaces.
  const after = /^\d+$/u.test(pid) ? readable(`/proc/${pid}/stat`).split(') ').at(-1) : undefined;
  return after === undefined ? undefined : Number(after.split(' ')[1]);
}

function readable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
