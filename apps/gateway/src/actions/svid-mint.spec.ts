import { generateKeyPairSync, sign as signWith, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ItemOutcome, Severity, TrustDomainService } from '@muster/api';
import { judge, keyParams, makeCertificationRequest, toPem } from '@muster/domain';
import { bits, der, integer, nothing, octets, oid, sequence, set } from '@muster/domain/der-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, startSpire, temporaryDirectory } from '../upstream/testing/harness.ts';
import type { Harness } from '../upstream/testing/harness.ts';

let harness: Harness;
let stop: () => Promise<void>;
let td: string;
let connection: string;
const home = temporaryDirectory();
beforeAll(async () => {
  const spire = await startSpire();
  stop = spire.stop;
  const [first] = spire.connections;
  if (first?.kind !== 'spire-server') throw new Error('no server');
  connection = first.name;
  td = first.trustDomain ?? '';
  harness = await startHarness(spire.connections, { home });
  await harness.console.ready;
});
afterAll(async () => {
  await harness.console.close();
  await stop();
});

const ec = () =>
  crypto.subtle.generateKey(keyParams('EC P-256'), true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
const csrFor = async (uri: string, dns: string[] = []) => makeCertificationRequest(await ec(), uri, dns);

/** A request of any kind and any names, which the writer of requests would not make. */
function oddCsr(names: Uint8Array[], rsaBits?: number): string {
  const pair =
    rsaBits === undefined
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: rsaBits });
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
  const names_ = sequence(sequence(oid('2.5.29.17'), octets(sequence(...names))));
  const info = sequence(
    integer(0),
    sequence(),
    spki,
    der(0xa0, sequence(oid('1.2.840.113549.1.9.14'), set(names_))),
  );
  const algorithm =
    rsaBits === undefined
      ? sequence(oid('1.2.840.10045.4.3.2'))
      : sequence(oid('1.2.840.113549.1.1.11'), nothing());
  const signature = signWith('sha256', info, pair.privateKey);
  return toPem('CERTIFICATE REQUEST', sequence(info, algorithm, bits(signature)));
}

const uri = (text: string) => der(0x86, Buffer.from(text));

describe('svid.mintX509', () => {
  it('gives a certificate for the key of the request, and says until when it is valid', async () => {
    const keys = await ec();
    const csr = await makeCertificationRequest(keys, `spiffe://${td}/minted`, ['a.example']);
    const plan = await harness.plan('svid.mintX509', { connection, csr, ttl: 600 });
    expect(plan.title).toBe('Mint 1 X.509-SVID');
    expect(plan.inverse).toBe('');
    expect(plan.targetDescription).toBe(`${connection} (${td})`);
    expect(plan.effects.join(' ')).toContain('Minting is full impersonation');
    expect(plan.commands[0]?.line).toContain(`x509 mint -socketPath`);
    expect(plan.commands[0]?.line).toContain(`-spiffeID spiffe://${td}/minted -dns a.example -ttl 600s`);
    expect(plan.warnings.map(({ code }) => code)).toEqual(['no-entry']);
    const { items, result } = await harness.apply(plan.digest);
    expect(result.inverse).toBe('');
    expect(items).toHaveLength(1);
    const [item] = items;
    expect(item).toMatchObject({ outcome: ItemOutcome.DONE, secret: '' });
    expect(item?.reason).toMatch(/^Valid until \d{4}-\d\d-\d\dT.*Z\.$/u);
    const leaf = new X509Certificate(item?.document ?? '');
    const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey));
    expect(leaf.publicKey.export({ type: 'spki', format: 'der' })).toEqual(spki);
    expect(leaf.subjectAltName).toContain(`URI:spiffe://${td}/minted`);
    const { bundles } = await harness.client(TrustDomainService).listBundles({ connection });
    const own = bundles.find((one) => one.own)?.spiffeJson ?? '';
    const judged = await judge({
      kind: 'x509-svid',
      input: new TextEncoder().encode(item?.document),
      bundles: new Map([[td, new TextEncoder().encode(own)]]),
      at: new Date(),
    });
    expect([judged.verdict, judged.fails]).toEqual(['valid', []]);
  });

  it('says when the server shortened what was asked for', async () => {
    const plan = await harness.plan('svid.mintX509', {
      connection,
      csr: await csrFor(`spiffe://${td}/long`),
      ttl: 315_360_000,
    });
    expect(plan.warnings.map(({ code }) => code)).toContain('ttl-beyond-authority');
    const { items } = await harness.apply(plan.digest);
    expect(items[0]?.reason).toMatch(
      /The server shortened it: 315360000 s were asked for, \d+ s are left\.$/u,
    );
  });

  it('warns of an ID that an entry gives, and of an administrator’s', async () => {
    const parent = `spiffe://${td}/spire/server`;
    const entry = {
      spiffe_id: `spiffe://${td}/boss`,
      parent_id: parent,
      selectors: ['unix:uid:7'],
      admin: true,
    };
    await harness.apply((await harness.plan('entry.create', { connection, entries: [entry] })).digest);
    const plan = await harness.plan('svid.mintX509', {
      connection,
      csr: await csrFor(`spiffe://${td}/boss`),
    });
    expect(plan.warnings.map(({ code, severity }) => [code, severity])).toEqual([
      ['admin', Severity.DANGER],
      ['entry-exists', Severity.WARNING],
    ]);
  });

  it('says which names SPIRE would drop', async () => {
    const csr = oddCsr([
      uri(`spiffe://${td}/x`),
      der(0x87, Uint8Array.of(10, 0, 0, 1)),
      der(0x81, Buffer.from('a@b.example')),
    ]);
    const plan = await harness.plan('svid.mintX509', { connection, csr });
    expect(plan.warnings.find(({ code }) => code === 'names-dropped')?.text).toBe(
      'SPIRE drops without a word what the request also names: IP address, email address.',
    );
  });

  it.each<[string, () => Promise<string> | string, RegExp]>([
    ['no request', () => 'hello', /^csr: It is neither PEM nor base64/u],
    ['no URI', () => oddCsr([]), /csr: it names no SPIFFE ID/u],
    ['two URIs', () => oddCsr([uri(`spiffe://${td}/a`), uri(`spiffe://${td}/b`)]), /csr: it names 2 URIs/u],
    ['an agent’s ID', () => csrFor(`spiffe://${td}/spire/agent/x`), /csr: paths below \/spire/u],
    ['the trust domain itself', () => csrFor(`spiffe://${td}`), /csr: a path is needed/u],
    ['another trust domain', () => csrFor('spiffe://nobody.example/a'), /nobody\.example|csr: it is of/u],
    ['no SPIFFE ID', () => csrFor('https://a.example/x'), /^csr: /u],
    ['RSA of 1024 bits', () => oddCsr([uri(`spiffe://${td}/a`)], 1024), /csr: its key is RSA of 1024 bits/u],
    ['a bad DNS name', () => csrFor(`spiffe://${td}/a`, ['a b']), /csr: .*DNS name/u],
    [
      'a key beside it',
      async () => (await csrFor(`spiffe://${td}/a`)) + toPem('PRIVATE KEY', nothing()),
      /private key/u,
    ],
  ])('refuses %s before anything is sent', async (_name, csr, reason) => {
    const text = await csr();
    await expect(harness.plan('svid.mintX509', { connection, csr: text })).rejects.toMatchObject({
      rawMessage: expect.stringMatching(reason) as string,
    });
  });

  it.each([[-1], [1.5], [2 ** 31]])('refuses a TTL of %d', async (ttl) => {
    const csr = await csrFor(`spiffe://${td}/a`);
    await expect(harness.plan('svid.mintX509', { connection, csr, ttl })).rejects.toThrow(/ttl: /u);
  });
});

describe('svid.mintJwt', () => {
  it('tells the token once, with until when it is valid', async () => {
    const plan = await harness.plan('svid.mintJwt', {
      connection,
      spiffeId: `spiffe://${td}/minted`,
      audience: ['one', 'two'],
      ttl: 120,
    });
    expect(plan.commands[0]?.line).toContain(
      `-spiffeID spiffe://${td}/minted -audience one -audience two -ttl 120s`,
    );
    const key = '0f'.repeat(16);
    const { items } = await harness.apply(plan.digest, key);
    const token = items[0]?.secret ?? '';
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      sub: string;
      aud: string[];
    };
    expect([claims.sub, claims.aud]).toEqual([`spiffe://${td}/minted`, ['one', 'two']]);
    expect(items[0]?.document).toBe('');
    const again = await harness.apply(plan.digest, key);
    expect(again.items[0]?.secret).toBe('');
  });

  it('S-14: the token is in no record, database, log or event', async () => {
    const plan = await harness.plan('svid.mintJwt', {
      connection,
      spiffeId: `spiffe://${td}/canary`,
      audience: ['canary'],
    });
    const { items } = await harness.apply(plan.digest);
    const token = items[0]?.secret ?? '';
    const signature = token.split('.')[2] ?? '';
    expect(signature.length).toBeGreaterThan(80);
    const { records } = await harness.actions.listRecords({});
    expect(records[0]).toMatchObject({ action: 'svid.mintJwt', state: 'done' });
    const said = JSON.stringify([records, harness.events], (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
      .map((name) => join(home, name))
      .filter((name) => statSync(name).isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const text of [said, ...files.map((name) => readFileSync(name, 'latin1'))])
      expect(text.includes(signature)).toBe(false);
  });

  it.each<[string, object, RegExp]>([
    ['no audience', { audience: [] }, /audience: at least 1/u],
    ['a blank audience', { audience: [' '] }, /audience\[0\]: /u],
    ['an audience twice', { audience: ['a', 'a'] }, /audience\[1\]: /u],
    ['an ID with a port', { spiffeId: 'spiffe://a.example:8080/x' }, /spiffeId: /u],
    ['the server’s own ID', { spiffeId: 'spiffe://%/spire/server' }, /spiffeId: paths below/u],
    ['a TTL of −1', { ttl: -1 }, /ttl: /u],
  ])('refuses %s', async (_name, more, reason) => {
    const input = { connection, spiffeId: `spiffe://${td}/a`, audience: ['a'], ...more };
    input.spiffeId = input.spiffeId.replace('%', td);
    await expect(harness.plan('svid.mintJwt', input)).rejects.toThrow(reason);
  });

  it('needs an administrator', async () => {
    const plan = await harness.plan('svid.mintJwt', {
      connection,
      spiffeId: `spiffe://${td}/a`,
      audience: ['role'],
    });
    harness.caller.role = 'operator';
    try {
      await expect(harness.apply(plan.digest)).rejects.toThrow(/role administrator is needed/u);
    } finally {
      harness.caller.role = 'administrator';
    }
  });
});
