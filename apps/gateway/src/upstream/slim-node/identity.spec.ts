import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { moderatorIdentity } from './identity.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-identity-'));
afterAll(() => rmSync(folder, { recursive: true }));
const name = 'agntcy/muster/moderator';

it('is the secret of its file, which has to be long enough', async () => {
  const sharedSecretFile = join(folder, 'secret');
  writeFileSync(sharedSecretFile, `${'x'.repeat(32)}\n`);
  expect(await moderatorIdentity({ name, sharedSecretFile }, undefined)).toEqual({
    kind: 'shared-secret',
    secret: 'x'.repeat(32),
  });
  writeFileSync(sharedSecretFile, 'short');
  await expect(moderatorIdentity({ name, sharedSecretFile }, undefined)).rejects.toThrow(/shorter than 32/u);
});

it('is the SVID of the Workload API, and the one that is chosen there', async () => {
  const spiffeId = 'spiffe://acme.example/muster';
  expect(await moderatorIdentity({ name, workloadApi: 'agent', spiffeId }, 'unix:///agent.sock')).toEqual({
    kind: 'spire',
    socketPath: 'unix:///agent.sock',
    audiences: ['slim'],
    spiffeId,
  });
});

it('is a key of our own, that names us unless told otherwise', async () => {
  const files = { jwtKeyFile: '/key.pem', keysFile: '/keys.json' };
  expect(await moderatorIdentity({ name, ...files }, undefined)).toEqual({
    kind: 'jwt',
    keyFile: '/key.pem',
    keysFile: '/keys.json',
    algorithm: 'ES256',
    subject: name,
    issuer: 'muster',
    audiences: ['slim'],
  });
  const said = { jwtAlgorithm: 'EdDSA', jwtIssuer: 'i', jwtSubject: 's', audiences: ['a'] } as const;
  expect(await moderatorIdentity({ name, ...files, ...said, audiences: ['a'] }, undefined)).toMatchObject({
    algorithm: 'EdDSA',
    subject: 's',
    issuer: 'i',
    audiences: ['a'],
  });
});
