import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SlimNodeConfig } from '../../config/types.ts';
import { nodeCredentials, presented } from './credentials.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-node-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const now = new Date('2026-01-01T00:00:00Z');
const node = (more: Partial<SlimNodeConfig>): SlimNodeConfig => ({
  name: 'node',
  kind: 'slim-node',
  address: 'https://node.example:46357',
  ...more,
});
const read = (more: Partial<SlimNodeConfig>, socket?: string) => nodeCredentials(node(more), socket, now);
const token = (exp: number): string =>
  `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.c2ln`;

describe('credentials of a data plane', () => {
  it('are none where none are named', async () => {
    expect(await read({})).toEqual({});
    expect(presented(node({ caFile: 'ca.pem' }))).toBe('');
  });

  it('are a password as its file is at each attempt', async () => {
    const config = { username: 'operator', passwordFile: put('password', 'first one\n') };
    const given = (password: string) => ({
      authorization: { kind: 'password', username: 'operator', password },
    });
    expect(await read(config)).toEqual(given('first one'));
    put('password', 'second');
    expect(await read(config)).toEqual(given('second'));
  });

  it('are a token by its path, and only one that has not expired', async () => {
    const tokenFile = put('token', token(now.getTime() / 1000 + 1));
    expect(await read({ tokenFile })).toEqual({ authorization: { kind: 'token', file: tokenFile } });
    put('token', token(now.getTime() / 1000));
    await expect(read({ tokenFile })).rejects.toThrow(/^tokenFile holds a token that expired at 2026-01-01/u);
  });

  it('are a JWT-SVID by the socket it comes from', async () => {
    const spiffeId = 'spiffe://example.org/muster';
    expect(await read({ workloadApi: 'agent', jwtAudience: 'slim', spiffeId }, 'unix:///agent.sock')).toEqual(
      {
        authorization: { kind: 'jwt-svid', socketPath: 'unix:///agent.sock', audience: 'slim', spiffeId },
      },
    );
    await expect(read({ workloadApi: 'agent', jwtAudience: 'slim' })).rejects.toThrow(/is not there/u);
  });

  it('S-21: that cannot be used are named by their key, without path or content', async () => {
    const bad = put('bad', 'hunter2-is-no-pem');
    const cases: [Partial<SlimNodeConfig>, string][] = [
      [{ caFile: join(folder, 'gone') }, 'caFile: a credential file cannot be read (ENOENT)'],
      [{ caFile: bad }, 'caFile holds no certificate in PEM'],
      [{ certFile: bad, keyFile: bad }, 'certFile holds no certificate in PEM'],
      [{ username: 'x', passwordFile: put('empty', '\n') }, 'passwordFile holds no password'],
      [{ tokenFile: put('two', 'hunter2 hunter2') }, 'tokenFile holds something else than one token'],
    ];
    for (const [config, message] of cases) await expect(read(config)).rejects.toThrow(new Error(message));
  });
});
