import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, parseConfig } from './index.ts';

const good = `connections:
  - name: org-a
    kind: spire-server
    address: unix:///run/spire/api.sock
    trustDomain: a.example
    labels: { tier: prod }
  - name: org-a-agent
    kind: workload-api
    address: unix:///run/spire/agent.sock
  - name: manager
    kind: channel-manager
    address: http://127.0.0.1:10356
    ownerKeyFile: keys/owner.pem
    audience: agntcy/ns/channel-manager
  - name: node-a
    kind: slim-node
    address: http://127.0.0.1:46357
    moderator: { name: agntcy/muster/moderator, sharedSecretFile: env:SLIM_SECRET }
`;

function mistake(text: string): ConfigError {
  try {
    parseConfig(text, '/etc/muster/muster.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('muster.yaml', () => {
  it('is read, with relative files beside it', () => {
    const { connections } = parseConfig(good, '/etc/muster/muster.yaml');
    expect(connections.map((connection) => connection.kind)).toEqual([
      'spire-server',
      'workload-api',
      'channel-manager',
      'slim-node',
    ]);
    expect(connections[2]).toMatchObject({ ownerKeyFile: '/etc/muster/keys/owner.pem' });
    expect(connections[3]).toMatchObject({ moderator: { sharedSecretFile: 'env:SLIM_SECRET' } });
  });

  it.each([
    [
      'an unknown key',
      good.replace('trustDomain', 'trust_domain'),
      5,
      'connections[0].trust_domain',
      /known key here: .*trustDomain/u,
    ],
    [
      'a wrong kind',
      good.replace('kind: workload-api', 'kind: agent'),
      8,
      'connections[1].kind',
      /one of spire-server/u,
    ],
    [
      'a bad address',
      good.replace('unix:///run/spire/agent.sock', '/run/spire/agent.sock'),
      9,
      'connections[1].address',
      /unix:\/\/\//u,
    ],
    [
      'a duplicate name',
      good.replace('name: org-a-agent', 'name: org-a'),
      7,
      'connections[1].name',
      /already used on line 2/u,
    ],
    [
      'a missing key',
      good.replace('    address: unix:///run/spire/api.sock\n', ''),
      2,
      'connections[0]',
      /`address`, which is missing/u,
    ],
    [
      'an inline secret',
      good.replace('sharedSecretFile: env:SLIM_SECRET', 'sharedSecret: hunter2hunter2'),
      18,
      'connections[3].moderator.sharedSecret',
      /by reference/u,
    ],
    [
      'the moderator’s own name for approvals',
      good.replace(
        'name: agntcy/muster/moderator,',
        'name: agntcy/muster/moderator, approvals: agntcy/muster/moderator,',
      ),
      18,
      'connections[3].moderator.approvals',
      /another name than the moderator’s own/u,
    ],
    [
      'an inline key',
      good.replace('keys/owner.pem', '"-----BEGIN PRIVATE KEY-----"'),
      13,
      'connections[2].ownerKeyFile',
      /by reference/u,
    ],
    [
      'https without a trust domain',
      good
        .replace('unix:///run/spire/api.sock', 'https://spire:8081')
        .replace('    trustDomain: a.example\n', ''),
      4,
      'connections[0].address',
      /trustDomain/u,
    ],
    [
      'https without an SVID',
      good.replace('unix:///run/spire/api.sock', 'https://spire:8081'),
      4,
      'connections[0].address',
      /certFile/u,
    ],
    [
      'a key twice',
      good.replace('    kind: workload-api', '    kind: workload-api\n    kind: workload-api'),
      9,
      '',
      /repeated/u,
    ],
    ['broken YAML', 'connections: [', 1, '', /valid YAML/u],
    ['no mapping', '- a', 1, '', /mapping/u],
  ])('answers %s with its line, key and what was expected', (_name, text, line, key, expected) => {
    const error = mistake(text);
    expect(error).toMatchObject({ file: '/etc/muster/muster.yaml', line, key });
    expect(error.expected).toMatch(expected);
  });

  it('S-21: takes the passphrase of the owner keys by reference only, relative to the file', () => {
    const keysOf = (line: string) => parseConfig(`${good}\nownerKeys: ${line}\n`, '/etc/muster/muster.yaml');
    expect(keysOf('{ passphraseFile: keys.passphrase }').ownerKeys).toEqual({
      passphraseFile: '/etc/muster/keys.passphrase',
    });
    expect(keysOf('{ passphraseFile: env:KEYS }').ownerKeys).toEqual({ passphraseFile: 'env:KEYS' });
    const error = mistake(`${good}\nownerKeys: { passphrase: hunter2hunter2 }\n`);
    expect(error).toMatchObject({ key: 'ownerKeys.passphrase' });
    expect(error.message).toMatch(/by reference/u);
    expect(error.message).not.toContain('hunter2');
  });

  it('S-21: does not repeat a secret in its message', () => {
    expect(
      mistake(good.replace('sharedSecretFile: env:SLIM_SECRET', 'sharedSecret: hunter2hunter2')).message,
    ).not.toContain('hunter2');
  });

  it('S-25: takes keys named like prototype members as unknown keys', () => {
    expect(
      mistake(good.replace('    labels: { tier: prod }', '    constructor: { tier: prod }')).expected,
    ).toMatch(/known key/u);
    mistake(`__proto__: { polluted: 1 }\n${good}`);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('names a file that cannot be read', () => {
    expect(() => loadConfig('/nonexistent/muster.yaml')).toThrow(/ENOENT/u);
    const file = join(mkdtempSync(join(tmpdir(), 'muster-')), 'muster.yaml');
    writeFileSync(file, good);
    expect(loadConfig(file).file).toBe(file);
  });

  // It runs the TypeScript compiler.
  it('has a published schema that equals the one generated from the types', { timeout: 60_000 }, async () => {
    // @ts-expect-error a script without types
    const { generateSchema } = (await import('./generate-schema.mjs')) as { generateSchema(): unknown };
    const beside = readFileSync(new URL('./muster.schema.json', import.meta.url), 'utf8');
    const published = readFileSync(
      new URL('../../../../docs/schema/muster.schema.json', import.meta.url),
      'utf8',
    );
    expect(JSON.parse(beside)).toEqual(JSON.parse(JSON.stringify(generateSchema())));
    expect(JSON.parse(published)).toEqual(JSON.parse(beside));
  });
});
