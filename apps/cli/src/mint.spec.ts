import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { ActionService, ItemOutcome, TrustDomainService } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { parseCertificationRequest } from '@muster/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { type StandIn, startStandIn } from './testing/stand-in.ts';

const id = 'spiffe://a.example/web';
const x509 = ['mint', 'x509', '--spiffe-id', id];
const jwt = ['mint', 'jwt', '--spiffe-id', id, '--audience', 'one', '--audience', 'two'];
const inputs: JsonObject[] = [];
let sent = '';
let refuse = '';
let gateway: StandIn;
let out: string;

beforeEach(async () => {
  inputs.length = 0;
  sent = '';
  refuse = '';
  out = join(mkdtempSync(join(tmpdir(), 'mint-')), 'new');
  gateway = await startStandIn((router) => {
    router.service(TrustDomainService, {
      listBundles: ({ connection }) => ({
        bundles: [
          { connection, own: true, trustDomain: 'a.example', x509Authorities: [{ der: Uint8Array.of(1) }] },
        ],
      }),
    });
    router.service(ActionService, {
      plan: ({ action, input = {} }) => {
        inputs.push({ action, ...input });
        sent += JSON.stringify(input);
        return {
          plan: {
            digest: 'd'.repeat(43),
            title: 'Mint 1 SVID',
            changes: [{ verb: 'mint', kind: 'SVID', target: id, connection: 'a' }],
            effects: ['Minting is full impersonation.'],
          },
        };
      },
      apply: async function* () {
        const done = refuse === '';
        yield {
          done: 1,
          total: 1,
          item: {
            target: id,
            outcome: done ? ItemOutcome.DONE : ItemOutcome.REFUSED,
            reason: done ? 'Valid until 2026-01-01T00:00:00.000Z.' : refuse,
            document: 'CHAIN',
            secret: 'e30.e30.c2ln',
          },
        };
        yield { done: 1, total: 1, result: { recordId: 'r', done: done ? 1 : 0, refused: done ? 0 : 1 } };
      },
    });
  });
});
afterEach(() => gateway.close());
const run = (args: string[]) => inProcess(args, gateway.home);

describe('muster mint x509', () => {
  it('makes the key here, sends a request for it only, and writes the key for its owner alone', async () => {
    const {
      code,
      err,
      out: said,
    } = await run([...x509, '--out', out, '--dns', 'a.b', '--ttl', '60', '--yes']);
    expect([code, err.includes('Minting is full impersonation.')]).toEqual([0, true]);
    expect(said).toContain('Valid until 2026-01-01T00:00:00.000Z.');
    expect(readdirSync(out).toSorted()).toEqual(['bundle.pem', 'key.pem', 'svid.pem']);
    expect(statSync(join(out, 'key.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(out).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(out, 'svid.pem'), 'utf8')).toBe('CHAIN');
    expect(readFileSync(join(out, 'bundle.pem'), 'utf8')).toContain('BEGIN CERTIFICATE');
    const [input] = inputs;
    expect(input).toMatchObject({ action: 'svid.mintX509', ttl: 60 });
    const request = await parseCertificationRequest(String(input?.['csr']));
    expect(request).toMatchObject({ ok: true, value: { uris: [id], dnsNames: ['a.b'] } });
    // The key on the disk is the one the request is signed by.
    const key = createPrivateKey(readFileSync(join(out, 'key.pem'), 'utf8'));
    const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
    expect(request.ok && Buffer.from(request.value.publicKey.spki).equals(spki)).toBe(true);
    const secret = Buffer.from(String(key.export({ format: 'jwk' }).d), 'base64url');
    for (const form of ['base64', 'base64url', 'hex'] as const)
      expect(sent + said + err).not.toContain(secret.toString(form));
    expect(sent).not.toContain('PRIVATE');
  });

  it('only plans without --yes, and leaves nothing behind', async () => {
    const { code, err, out: said } = await run([...x509, '--out', out]);
    expect([code, said]).toEqual([0, '']);
    expect(err).toContain('Nothing was minted. Give --yes to mint it.');
    expect(() => readdirSync(out)).toThrow();
  });

  it('overwrites no key that is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mint-'));
    writeFileSync(join(folder, 'key.pem'), 'theirs');
    const { code, err } = await run([...x509, '--out', folder, '--yes']);
    expect(code).toBe(2);
    expect(err).toContain('key.pem is there already');
    expect(readFileSync(join(folder, 'key.pem'), 'utf8')).toBe('theirs');
    expect(readdirSync(folder)).toEqual(['key.pem']);
  });

  it('keeps no key when the server refuses', async () => {
    refuse = 'The server says: no.';
    const { code, err } = await run([...x509, '--out', out, '--yes']);
    expect([code, err.includes('Not minted. The server says: no.')]).toEqual([1, true]);
    expect(readdirSync(out)).toEqual([]);
  });
});

describe('muster mint jwt', () => {
  it('prints the token alone on standard output', async () => {
    const { code, out: said, err } = await run([...jwt, '--yes']);
    expect([code, said]).toEqual([0, 'e30.e30.c2ln\n']);
    expect(err).toContain('Valid until');
    expect(err).not.toContain('e30.e30');
    expect(inputs[0]).toMatchObject({ action: 'svid.mintJwt', spiffeId: id, audience: ['one', 'two'] });
  });

  it('writes it to a file for its owner alone', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'mint-')), 'token');
    const { code, out: said } = await run([...jwt, '--out', file, '--yes']);
    expect([code, said]).toEqual([0, '']);
    expect(readFileSync(file, 'utf8')).toBe('e30.e30.c2ln\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('muster mint', () => {
  it.each<[string[], string]>([
    [['mint'], 'x509 or jwt'],
    [['mint', 'wit'], 'x509 or jwt'],
    [['mint', 'x509'], '--spiffe-id ID'],
    [['mint', 'x509', '--spiffe-id', 'spiffe://a.example:80/x', '--out', 'x'], '--spiffe-id: '],
    [x509, '--out DIR'],
    [[...x509, '--out', 'x', '--key', 'DSA'], 'EC P-256'],
    [[...x509, '--out', 'x', '--ttl', '-1'], 'ttl'],
    [['mint', 'jwt', '--spiffe-id', id], '--audience A'],
    [[...jwt, '--dns', 'a'], 'go with x509'],
  ])('%j is a usage error', async (args, text) => {
    const { code, err } = await run(args);
    expect(code).toBe(2);
    expect(err).toContain(text);
    expect(inputs).toEqual([]);
  });
});
