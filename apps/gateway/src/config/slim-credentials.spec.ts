import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from './index.ts';
import { onLoopback } from './slim-credentials.ts';

const agent = '  - { name: agent, kind: workload-api, address: "unix:///run/agent.sock" }\n';
const https = 'https://plane.example:50051';
const text = (address: string, keys: Readonly<Record<string, string>>, kind = 'slim-control-plane'): string =>
  `connections:\n${agent}  - name: slim\n    kind: ${kind}\n    address: ${JSON.stringify(address)}\n${Object.entries(
    keys,
  )
    .map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`)
    .join('')}`;

function mistake(yaml: string): ConfigError {
  try {
    parseConfig(yaml, '/etc/muster/muster.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('accepted');
}

const server = 'spiffe://example.org/slim/control-plane';
const files = { certFile: 'cert.pem', keyFile: 'key.pem' };
const basic = { username: 'operator', passwordFile: 'password' };
const x509 = { workloadApi: 'agent', serverId: server };
const jwt = { workloadApi: 'agent', jwtAudience: 'slim' };

describe('credentials of a SLIM server', () => {
  it.each([
    ['none', https, {}],
    ['authorities', https, { caFile: 'ca.pem' }],
    ['a certificate', https, { ...files, caFile: 'ca.pem' }],
    [
      'a certificate, for a server known by its SPIFFE ID',
      https,
      { ...files, caFile: 'ca.pem', serverId: server },
    ],
    ['a password', https, basic],
    ['a certificate and a password', https, { ...files, ...basic }],
    ['a token', https, { tokenFile: 'env:TOKEN' }],
    ['an X.509-SVID', https, x509],
    ['an X.509-SVID, with the bundle in a file', https, { ...x509, caFile: 'bundle.pem' }],
    ['one of several SVIDs', https, { ...x509, spiffeId: 'spiffe://example.org/muster', hint: 'muster' }],
    ['a JWT-SVID', https, jwt],
    ['both SVIDs', https, { ...x509, ...jwt }],
    ['an X.509-SVID and a password', https, { ...x509, ...basic }],
    ['a password within this machine', 'http://127.0.0.1:50051', basic],
    ['a JWT-SVID within this machine', 'http://[::1]:50051', jwt],
    ['nothing, not encrypted, elsewhere', 'http://plane.example:50051', {}],
  ])('may be %s', (_name, address, keys) => {
    for (const kind of ['slim-control-plane', 'channel-manager'])
      expect(parseConfig(text(address, keys, kind), '/etc/muster/muster.yaml').connections).toHaveLength(2);
  });

  it('are read beside the configuration', () => {
    const { connections } = parseConfig(
      text(https, { ...files, ...basic, caFile: 'ca.pem' }),
      '/etc/muster/muster.yaml',
    );
    expect(connections[1]).toMatchObject({
      caFile: '/etc/muster/ca.pem',
      certFile: '/etc/muster/cert.pem',
      keyFile: '/etc/muster/key.pem',
      passwordFile: '/etc/muster/password',
    });
    expect(
      parseConfig(text(https, { tokenFile: 'tokens/slim.jwt' }), '/etc/muster/muster.yaml').connections[1],
    ).toMatchObject({ tokenFile: '/etc/muster/tokens/slim.jwt' });
  });

  it.each([
    ['a certificate without a key', https, { certFile: 'cert.pem' }, 'certFile', /`keyFile` beside it/u],
    ['a key without a certificate', https, { keyFile: 'key.pem' }, 'keyFile', /`certFile` beside it/u],
    ['a name without a password', https, { username: 'x' }, 'username', /`passwordFile` beside it/u],
    ['a password without a name', https, { passwordFile: 'x' }, 'passwordFile', /`username` beside it/u],
    ['a name with a colon', https, { ...basic, username: 'a:b' }, 'username', /no colon/u],
    ['a name with a control character', https, { ...basic, username: 'a\r\nb' }, 'username', /no colon/u],
    ['a password and a token', https, { ...basic, tokenFile: 'x' }, 'tokenFile', /one of `username`/u],
    ['a token and a JWT-SVID', https, { ...jwt, tokenFile: 'x' }, 'jwtAudience', /one of `username`/u],
    ['an audience alone', https, { jwtAudience: 'slim' }, 'jwtAudience', /`workloadApi` beside it/u],
    ['a hint alone', https, { hint: 'x' }, 'hint', /`workloadApi` beside it/u],
    ['an ID alone', https, { spiffeId: server }, 'spiffeId', /`workloadApi` beside it/u],
    [
      'a Workload API for nothing',
      https,
      { workloadApi: 'agent' },
      'workloadApi',
      /`serverId` beside it.*`jwtAudience`/u,
    ],
    ['files and a Workload API', https, { ...x509, ...files }, 'certFile', /either files or `workloadApi`/u],
    [
      'a server ID without authorities',
      https,
      { serverId: server },
      'serverId',
      /`caFile` \(or `workloadApi`\)/u,
    ],
    [
      'a server ID that is none',
      https,
      { ...x509, serverId: 'https://x' },
      'serverId',
      /a SPIFFE ID such as/u,
    ],
    ['an own ID that is none', https, { ...x509, spiffeId: 'web' }, 'spiffeId', /a SPIFFE ID such as/u],
    ['an unknown Workload API', https, { ...x509, workloadApi: 'gone' }, 'workloadApi', /not configured/u],
    ['authorities over http', 'http://127.0.0.1:1', { caFile: 'x' }, 'caFile', /an https address with it/u],
    ['a certificate over http', 'http://127.0.0.1:1', files, 'certFile', /an https address with it/u],
    ['an X.509-SVID over http', 'http://127.0.0.1:1', x509, 'serverId', /an https address with it/u],
    ['S-14: a password over http elsewhere', 'http://plane.example:1', basic, 'username', /could read it/u],
    [
      'S-14: a token over http elsewhere',
      'http://10.0.0.1:1',
      { tokenFile: 'x' },
      'tokenFile',
      /could read it/u,
    ],
    [
      'S-14: a JWT-SVID over http elsewhere',
      'http://127.0.0.1.example:1',
      jwt,
      'jwtAudience',
      /could read it/u,
    ],
    ['a password in the file', https, { username: 'x', password: 'hunter2' }, 'password', /by reference/u],
    ['a password in the address', 'https://a:b@plane.example:1', {}, 'address', /by reference/u],
    ['a port that is none', 'https://plane.example:99999', {}, 'address', /an address such as/u],
  ])('refuses %s', (_name, address, keys, key, expected) => {
    for (const kind of ['slim-control-plane', 'channel-manager']) {
      const error = mistake(text(address, keys, kind));
      expect(error.key).toBe(`connections[1].${key}`);
      expect(error.expected).toMatch(expected);
      expect(error.message).not.toContain('hunter2');
    }
  });

  describe('of a data plane', () => {
    const moderator = '    moderator: { name: "a/b/c", sharedSecretFile: secret }\n';
    const node = (address: string, keys: Readonly<Record<string, string>>, more = moderator) =>
      text(address, keys, 'slim-node') + more;

    it.each([
      ['none', https, {}],
      ['authorities', https, { caFile: 'ca.pem' }],
      ['a certificate and a password', https, { ...files, ...basic, caFile: 'ca.pem' }],
      ['a token', https, { tokenFile: 'token' }],
      ['a JWT-SVID', https, { ...jwt, spiffeId: 'spiffe://example.org/muster' }],
      ['a password within this machine', 'http://127.0.0.1:46357', basic],
    ])('may be %s, read beside the configuration', (_name, address, keys) => {
      const [, found] = parseConfig(node(address, keys), '/etc/muster/muster.yaml').connections;
      const beside = ([key, value]: [string, string]) => [
        key,
        key.endsWith('File') ? `/etc/muster/${value}` : value,
      ];
      expect(found).toMatchObject(Object.fromEntries(Object.entries(keys).map(beside)));
    });

    it.each([
      ['the server’s SPIFFE ID', https, x509, 'serverId', /by its host name, not by one SPIFFE ID/u],
      ['a hint', https, { ...jwt, hint: 'x' }, 'hint', /by its SPIFFE ID only/u],
      ['a token in a variable', https, { tokenFile: 'env:TOKEN' }, 'tokenFile', /a file/u],
      [
        'an X.509-SVID',
        https,
        { workloadApi: 'agent', caFile: 'x' },
        'workloadApi',
        /`certFile`, `keyFile`/u,
      ],
      ['an unknown Workload API', https, { ...jwt, workloadApi: 'gone' }, 'workloadApi', /not configured/u],
      ['a certificate without a key', https, { certFile: 'x' }, 'certFile', /`keyFile` beside it/u],
      ['authorities over http', 'http://127.0.0.1:1', { caFile: 'x' }, 'caFile', /an https address/u],
      ['S-14: a password over http elsewhere', 'http://plane.example:1', basic, 'username', /could read it/u],
    ])('refuses %s', (_name, address, keys, key, expected) => {
      const error = mistake(node(address, keys));
      expect(error.key).toBe(`connections[1].${key}`);
      expect(error.expected).toMatch(expected);
    });

    it('is refused where nobody would use it', () => {
      for (const more of ['', '    controller: { address: "https://plane.example:2" }\n'])
        expect(mistake(node(https, { caFile: 'ca.pem' }, more))).toMatchObject({
          key: 'connections[1].caFile',
          expected: expect.stringMatching(/^`moderator` beside it/u),
        });
    });
  });

  it.each([
    ['http://127.0.0.1:1', true],
    ['http://127.9.9.9:1', true],
    ['http://127.1:1', true],
    ['http://localhost:1', true],
    ['http://LOCALHOST:1', true],
    ['http://[::1]:1', true],
    ['http://127.0.0.1.example:1', false],
    ['http://127.example:1', false],
    ['http://localhost.example:1', false],
    ['http://10.0.0.1:1', false],
    ['http://0.0.0.0:1', false],
    ['http://[::]:1', false],
  ])('S-14: knows whether %s is this machine', (address, is) => {
    expect(onLoopback(address)).toBe(is);
  });

  it('have one shape for every kind', () => {
    const schema = JSON.parse(readFileSync(new URL('./muster.schema.json', import.meta.url), 'utf8')) as {
      definitions: Record<string, { properties: Record<string, unknown> }>;
    };
    const keys = (name: string): Record<string, unknown> => ({ ...schema.definitions[name]?.properties });
    const plane = keys('SlimControlPlaneConfig');
    const manager = keys('ChannelManagerConfig');
    for (const key of ['name', 'kind', 'labels', 'address', 'ownerKeyFile', 'audience', 'controlPlane']) {
      delete plane[key];
      delete manager[key];
    }
    expect(manager).toEqual(plane);
    expect(Object.keys(plane)).toContain('jwtAudience');
  });
});
