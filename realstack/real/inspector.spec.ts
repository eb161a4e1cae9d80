import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readState, type StackState } from '../start.ts';
import { eventually } from './console.ts';
import { type Case, judgedByGoSpiffe, judgedByMuster, muster, run } from './inspector-tools.ts';

const AUDIENCE = 'muster-real';
const HOUR = 3_600_000;

let stack: StackState;
let folder: string;
/** SPIFFE bundles, as each server shows its own. */
let bundleA: string;
let bundleB: string;
let leaves: readonly { name: string; certificate: Buffer; key: Buffer }[];
let mintedAt: number;
/** Minted to live one second, before anything else is done. */
let shortLived: string;

const server = async (org: 'orgA' | 'orgB', ...args: string[]) => {
  const { code, stdout, stderr } = await run(stack.binaries.spireServer, [
    ...args,
    '-socketPath',
    stack[org].serverSocket,
  ]);
  if (code !== 0) throw new Error(stderr);
  return stdout;
};

beforeAll(async () => {
  const state = readState(inject('stackDir'));
  if (!state) throw new Error('The real stack does not run.');
  stack = state;
  folder = mkdtempSync(join(tmpdir(), 'muster-inspector-'));
  const id = `spiffe://${stack.orgA.trustDomain}/short`;
  const args = ['-spiffeID', id, '-audience', AUDIENCE, '-ttl', '1s', '-output', 'json'];
  shortLived = (JSON.parse(await server('orgA', 'jwt', 'mint', ...args)) as { svid: { token: string } }).svid
    .token;
  mintedAt = Date.now();
  [bundleA, bundleB] = await Promise.all([
    server('orgA', 'bundle', 'show', '-format', 'spiffe'),
    server('orgB', 'bundle', 'show', '-format', 'spiffe'),
  ]);
  await eventually(30, async () => {
    const fetched = await run(stack.binaries.spireAgent, [
      ...['api', 'fetch', 'x509', '-socketPath', stack.orgA.agentSocket, '-write', folder],
    ]);
    return fetched.code === 0;
  });
  leaves = readdirSync(folder)
    .filter((name) => /^svid\.\d+\.pem$/.test(name))
    .map((name) => ({
      name,
      certificate: readFileSync(join(folder, name)),
      key: readFileSync(join(folder, name.replace('.pem', '.key'))),
    }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('X509-SVIDs of a real agent', () => {
  it('are valid with what “spire-agent api fetch x509 -write” left beside them', async () => {
    expect(leaves.length).toBeGreaterThanOrEqual(3);
    for (const { name } of leaves) {
      const file = (extension: string) => join(folder, name.replace('.pem', extension));
      const bundle = join(folder, name.replace('svid', 'bundle'));
      const common = ['--bundle', `${stack.orgA.trustDomain}=${bundle}`, '--json'];
      const { code, stdout } = await muster('verify', file('.pem'), '--kind', 'x509-svid-keypair', '--key', file('.key'), ...common); // prettier-ignore
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'valid', fails: [] });
      expect(code).toBe(0);
    }
  });

  it('are found, paired and judged by one command for the whole folder, and no key is shown', async () => {
    const { code, stdout, stderr } = await muster('verify', folder, '--json');
    expect(code).toBe(0);
    expect(stdout).toContain(`spiffe://${stack.orgA.trustDomain}/`);
    expect(stdout + stderr).not.toContain('PRIVATE KEY');
  });

  it('are told from tampered ones, with the clause, and go-spiffe agrees', async () => {
    const [first, second] = leaves;
    if (!first || !second) throw new Error('The agent gave too few SVIDs.');
    const [a, b] = [stack.orgA.trustDomain, stack.orgB.trustDomain];
    const good = { kind: 'x509-svid', input: first.certificate, bundles: { [a]: bundleA } } as const;
    const cases: readonly (readonly [Case, readonly string[]])[] = [
      [{ id: 'good', ...good }, []],
      [{ id: 'both bundles', ...good, bundles: { [a]: bundleA, [b]: bundleB } }, []],
      [{ id: 'signature changed', ...good, input: tampered(first.certificate, -1) }, ['X-15']],
      [{ id: 'expired', ...good, at: new Date(Date.now() + 365 * 24 * HOUR) }, ['X-16']],
      [{ id: 'not yet valid', ...good, at: new Date(Date.now() - 24 * HOUR) }, ['X-16']],
      [{ id: 'bundle of nobody', ...good, bundles: {} }, ['X-14']],
      [{ id: 'bundle of another', ...good, bundles: { [b]: bundleB } }, ['X-14']],
      [{ id: 'bundle of another under its name', ...good, bundles: { [a]: bundleB } }, ['X-15']],
      [
        { id: 'two leaves', ...good, input: Buffer.concat([first.certificate, second.certificate]) },
        ['X-01'],
      ],
    ];
    const list = cases.map(([one]) => one);
    const [ours, theirs] = [await judgedByMuster(list), await judgedByGoSpiffe(list)];
    const disagreed: string[] = [];
    for (const [{ id }, clauses] of cases) {
      expect({ id, fails: ours.get(id)?.fails }).toEqual({ id, fails: expect.arrayContaining([...clauses]) });
      expect(ours.get(id)?.verdict, id).toBe(clauses.length === 0 ? 'valid' : 'invalid');
      if (ours.get(id)?.verdict !== theirs.get(id)?.verdict) disagreed.push(id);
    }
    // X-01: X509-SVID 2 and 3.1 know one leaf and its intermediates; go-spiffe ignores what it does not need.
    expect(disagreed).toEqual(['two leaves']);
  });

  it('do not go with the key of another', async () => {
    const [first, second] = leaves;
    if (!first || !second) throw new Error('The agent gave too few SVIDs.');
    const kind = 'x509-svid-keypair' as const;
    const bundles = { [stack.orgA.trustDomain]: bundleA };
    const answers = await judgedByMuster([
      { id: 'own', kind, input: first.certificate, key: first.key, bundles },
      { id: 'other', kind, input: first.certificate, key: second.key, bundles },
    ]);
    expect(answers.get('own')).toMatchObject({ verdict: 'valid', fails: [] });
    expect(answers.get('other')).toMatchObject({ verdict: 'invalid', fails: ['X-28'] });
  });
});

describe('JWT-SVIDs of real agents', () => {
  it('are judged as “spire-agent api validate jwt” and go-spiffe judge them', async () => {
    const [own, foreign] = [await fetchJwt('orgA'), await fetchJwt('orgB')];
    const [a, b] = [stack.orgA.trustDomain, stack.orgB.trustDomain];
    const [header = '', claims = '', signature = ''] = own.split('.');
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
    const rewritten = (change: object) =>
      Buffer.from(JSON.stringify({ ...said, ...change })).toString('base64url');
    const both = { [a]: bundleA, [b]: bundleB };
    const token = (id: string, text: string, audience = AUDIENCE): Case => ({
      ...{ id, kind: 'jwt-svid', input: Buffer.from(text), bundles: both, audience },
    });
    const table: readonly (readonly [Case, readonly string[]])[] = [
      [token('good', own), []],
      [token('other trust domain, federated', foreign), []],
      [token('wrong audience', own, 'somebody-else'), ['J-09']],
      [token('subject changed', `${header}.${rewritten({ sub: `spiffe://${a}/admin` })}.${signature}`), ['J-14']],
      [token('expiry changed', `${header}.${rewritten({ exp: Number(said['exp']) + 86_400 })}.${signature}`), ['J-14']],
      [token('signature changed', `${header}.${claims}.${flipped(signature)}`), ['J-14']],
      [token('subject of the other', `${header}.${rewritten({ sub: `spiffe://${b}/test` })}.${signature}`), ['J-14']],
      [token('no signature', `${header}.${claims}.`), ['J-14']],
      [token('alg none', `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${claims}.`), ['J-03']],
      [token('two parts', `${header}.${claims}`), ['J-01']],
    ]; // prettier-ignore
    const list = table.map(([one]) => one);
    const [ours, theirs] = [await judgedByMuster(list), await judgedByGoSpiffe(list)];
    for (const [one, clauses] of table) {
      const { id, input, audience = '' } = one;
      expect({ id, fails: ours.get(id)?.fails }).toEqual({ id, fails: expect.arrayContaining([...clauses]) });
      const verdict = clauses.length === 0 ? 'valid' : 'invalid';
      const agent = await validateJwt(Buffer.from(input).toString(), audience);
      const all = { muster: ours.get(id)?.verdict, goSpiffe: theirs.get(id)?.verdict, spireAgent: agent };
      expect({ id, ...all }).toEqual({ id, muster: verdict, goSpiffe: verdict, spireAgent: verdict });
    }
  });

  it('end at exp; go-spiffe and SPIRE go on for one minute', async () => {
    const judged = async () => {
      const one: Case = {
        ...{ id: 'short', kind: 'jwt-svid', input: Buffer.from(shortLived), audience: AUDIENCE },
        bundles: { [stack.orgA.trustDomain]: bundleA },
      };
      const [ours, theirs] = [await judgedByMuster([one]), await judgedByGoSpiffe([one])];
      return {
        muster: ours.get('short')?.fails,
        goSpiffe: theirs.get('short')?.verdict,
        spireAgent: await validateJwt(shortLived, AUDIENCE),
      };
    };
    // J-12: RFC 7519 4.1.4 says "on or after"; leeway is what an implementer may give, and Muster gives none.
    if (Date.now() - mintedAt < 45_000)
      expect(await judged()).toEqual({ muster: ['J-12'], goSpiffe: 'valid', spireAgent: 'valid' });
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, mintedAt + 64_000 - Date.now())));
    expect(await judged()).toEqual({ muster: ['J-12'], goSpiffe: 'invalid', spireAgent: 'invalid' });
  });

  it('are judged by their file, as they are fetched', async () => {
    const file = join(folder, 'token.jwt');
    const bundle = join(folder, 'bundle.json');
    writeFileSync(file, `${await fetchJwt('orgA')}\n`, { mode: 0o600 });
    writeFileSync(bundle, bundleA);
    const by = ['--bundle', `${stack.orgA.trustDomain}=${bundle}`];
    const good = await muster('verify', file, ...by, '--audience', AUDIENCE);
    expect(good).toMatchObject({ code: 0 });
    expect(await muster('verify', file, ...by, '--audience', 'other')).toMatchObject({ code: 1 });
    expect(good.stdout).not.toContain(readFileSync(file, 'utf8').trim().split('.')[2] ?? '');
  });
});

async function fetchJwt(org: 'orgA' | 'orgB'): Promise<string> {
  const id = `spiffe://${stack[org].trustDomain}/muster/test`;
  return eventually(30, async () => {
    const { stdout } = await run(stack.binaries.spireAgent, [
      ...['api', 'fetch', 'jwt', '-socketPath', stack[org].agentSocket],
      ...['-audience', AUDIENCE, '-spiffeID', id, '-output', 'json'],
    ]);
    const [answer] = JSON.parse(stdout) as readonly { svids: readonly { svid: string }[] }[];
    return answer?.svids[0]?.svid;
  });
}

/** Asked of the agent of the first trust domain, whose caller is federated with the second. */
async function validateJwt(token: string, audience: string): Promise<'valid' | 'invalid'> {
  const { code } = await run(stack.binaries.spireAgent, [
    ...['api', 'validate', 'jwt', '-socketPath', stack.orgA.agentSocket],
    ...['-audience', audience, '-svid', token],
  ]);
  return code === 0 ? 'valid' : 'invalid';
}

/** PEM of one certificate with one byte of its DER changed. */
function tampered(pem: Buffer, at: number): Buffer {
  const body = pem.toString().split('-----')[2]?.replaceAll(/\s/g, '') ?? '';
  const der = Buffer.from(body, 'base64');
  const place = at < 0 ? der.length + at : at;
  der[place] = (der[place] ?? 0) ^ 1;
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`);
}

/** Another signature of the same length: a bit in the middle, where base64url has no spare ones. */
function flipped(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url');
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  return bytes.toString('base64url');
}
