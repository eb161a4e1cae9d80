import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JsonObject } from '@bufbuild/protobuf';
import { ActionService, ItemOutcome, type ItemResult, TrustDomainService } from '@muster/api';
import { judge, keyParams, makeCertificationRequest } from '@muster/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRealConsole, type RealConsole } from './console.ts';

const execute = promisify(execFile);
const td = 'org-a.test';
const id = `spiffe://${td}/minted/job`;
const bytes = (text: string) => new TextEncoder().encode(text);

let real: RealConsole;
let folder: string;
beforeAll(async () => {
  real = await openRealConsole();
  folder = mkdtempSync(join(tmpdir(), 'muster-minted-'));
});
afterAll(async () => {
  await real.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Plans and applies; the one item, with what is told once only. */
async function mint(action: string, input: JsonObject): Promise<ItemResult> {
  const { digest } = await real.plan(action, { connection: 'org-a', ...input });
  const idempotencyKey = crypto.randomUUID().replaceAll('-', '');
  const items: ItemResult[] = [];
  for await (const { item } of real.client(ActionService).apply({ digest, idempotencyKey }))
    if (item) items.push(item);
  const [item] = items;
  if (!item || items.length > 1) throw new Error(`${items.length} items.`);
  expect([ItemOutcome[item.outcome], item.target]).toEqual(['DONE', id]);
  return item;
}

const bundles = async () => {
  const { bundles: all } = await real.client(TrustDomainService).listBundles({ connection: 'org-a' });
  return new Map([[td, bytes(all.find(({ trustDomain }) => trustDomain === td)?.spiffeJson ?? '')]]);
};

describe('an SVID minted by a real SPIRE server', () => {
  it('X.509: holds for OpenSSL against what spire-server trusts, for our judge, and for the key that stayed here', async () => {
    const params = keyParams('EC P-256');
    const keys = (await crypto.subtle.generateKey(params, true, ['sign', 'verify'])) as CryptoKeyPair;
    const csr = await makeCertificationRequest(keys, id, ['job.example']);
    const { document, secret } = await mint('svid.mintX509', { csr, ttl: 300 });
    expect([secret, document.includes('PRIVATE')]).toEqual(['', false]);
    const [chain, roots] = [join(folder, 'svid.pem'), join(folder, 'roots.pem')];
    writeFileSync(chain, document);
    writeFileSync(roots, await real.spireServer(['bundle', 'show']));
    const openssl = async (...args: string[]) => (await execute('openssl', args)).stdout;
    expect(await openssl('verify', '-CAfile', roots, '-untrusted', chain, chain)).toMatch(/: OK/);
    const text = await openssl('x509', '-in', chain, '-noout', '-text');
    expect(text).toContain(`URI:${id}`);
    expect(text).toContain('DNS:job.example');
    const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey)).toString('base64');
    const pem = await openssl('x509', '-in', chain, '-noout', '-pubkey');
    expect(pem.replaceAll(/-----[A-Z ]+-----|\s/g, '')).toBe(spki);
    const dates = await openssl('x509', '-in', chain, '-noout', '-enddate');
    const left = new Date(dates.replace('notAfter=', '').trim()).getTime() - Date.now();
    expect(left).toBeGreaterThan(200_000);
    expect(left).toBeLessThan(305_000);
    const input = {
      kind: 'x509-svid',
      input: bytes(document),
      bundles: await bundles(),
      at: new Date(),
    } as const;
    expect(await judge(input)).toMatchObject({ verdict: 'valid', fails: [] });
  });

  it('JWT: holds for spire-agent’s own validation, and for the audiences asked for alone', async () => {
    const { secret: token, document } = await mint('svid.mintJwt', {
      spiffeId: id,
      audience: ['one', 'two'],
      ttl: 120,
    });
    expect(document).toBe('');
    const socket = ['-socketPath', real.stack.orgA.agentSocket];
    const validate = async (audience: string) => {
      const args = ['api', 'validate', 'jwt', '-audience', audience, '-svid', token, ...socket];
      return (await execute(real.stack.binaries.spireAgent, args)).stdout;
    };
    for (const audience of ['one', 'two']) expect(await validate(audience)).toContain(id);
    await expect(validate('three')).rejects.toThrow();
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      sub: string;
      aud: string[];
      exp: number;
      iat: number;
    };
    expect(claims).toMatchObject({ sub: id, aud: ['one', 'two'] });
    expect(claims.exp - claims.iat).toBe(120);
    const input = {
      kind: 'jwt-svid',
      input: bytes(token),
      bundles: await bundles(),
      at: new Date(),
    } as const;
    expect(await judge({ ...input, audience: 'two' })).toMatchObject({ verdict: 'valid', fails: [] });
    expect((await judge({ ...input, audience: 'three' })).fails).toEqual(['J-09']);
  });

  it('S-14: leaves an entry in the record of actions, and no token in it', async () => {
    const { secret: token } = await mint('svid.mintJwt', { spiffeId: id, audience: ['record'] });
    const { records } = await real.client(ActionService).listRecords({ page: { limit: 10 } });
    expect(records.find(({ action }) => action === 'svid.mintJwt')?.state).toBe('done');
    const said = JSON.stringify(records, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value,
    );
    const [, , signature = ''] = token.split('.');
    expect(signature.length).toBeGreaterThan(40);
    expect(said).not.toContain(signature);
  });
});
