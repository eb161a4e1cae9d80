import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { AT, makeFolder, makeIdentity } from './testing/verify-folder.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let identity: Awaited<ReturnType<typeof makeIdentity>>;

beforeAll(async () => {
  [folder, identity] = [await makeFolder(), await makeIdentity()];
  const { leaf, key, authority, other, bundle, keyMap, token } = identity;
  await folder.put('helper/tls.crt', leaf);
  await folder.put('helper/tls.key', key);
  await folder.put('helper/svid_bundle.pem', authority);
  await folder.put('helper/jwt_svid.token', token);
  await folder.put('helper/key.jwt', keyMap);
  await folder.put('agent/svid.0.pem', leaf);
  await folder.put('agent/svid.0.key', key);
  await folder.put('agent/bundle.0.pem', authority);
  await folder.put('agent/federated_bundle.0.0.pem', other);
  await folder.put('k8s/..2026_11_22/tls.crt', leaf);
  await folder.put('k8s/..2026_11_22/ca.crt', authority);
  await folder.link('..2026_11_22', 'k8s/..data');
  await folder.link('..data/tls.crt', 'k8s/tls.crt');
  await folder.link('..data/ca.crt', 'k8s/ca.crt');
  await folder.put('alone/svid.pem', leaf);
  await folder.put('wrong/svid.pem', leaf);
  await folder.put('wrong/bundle.pem', other);
  await folder.put('mixed/README.md', '# nothing');
  await folder.put('mixed/empty.crt', '');
  await folder.put('mixed/good.pem', leaf);
  await folder.put('mixed/ca.pem', authority);
  await folder.put('nothing/notes.txt', 'hello');
  await folder.put('combined.pem', Buffer.concat([leaf, key]));
  await folder.put('bundle.json', bundle);
});
afterAll(() => folder.remove());

/** Runs `muster verify` with names below the folder written as they are after `@`. */
const verify = (...args: string[]) =>
  inProcess(['verify', ...args.map((arg) => arg.replaceAll('@', `${folder.path}/`)), '--at', AT]);

interface Answer {
  readonly file: string;
  readonly name: string;
  readonly kind: string;
  readonly verdict: string;
  readonly fails: string[];
  readonly bundles: { readonly trustDomain: string; readonly file: string }[];
  readonly key?: string;
}
async function answers(...args: string[]): Promise<Answer[]> {
  const { out } = await verify(...args, '--json');
  return (JSON.parse(out) as Answer[]).map((one) => ({
    ...one,
    file: one.file.replace(`${folder.path}/`, ''),
    bundles: one.bundles?.map((bundle) => ({ ...bundle, file: bundle.file.replace(`${folder.path}/`, '') })),
    ...(one.key !== undefined && { key: one.key.replace(`${folder.path}/`, '') }),
  }));
}

describe('muster verify FOLDER', () => {
  it('judges a folder of spiffe-helper', async () => {
    const { code, out } = await verify('@helper', '--audience', 'reports');
    expect(code).toBe(0);
    expect(out).toContain('4 documents for 2026-11-22T12:00:00.000Z: 4 valid, 0 invalid.');
    const found = await answers('@helper', '--audience', 'reports');
    expect(found.find(({ kind }) => kind === 'x509-svid-keypair')).toMatchObject({
      file: 'helper/tls.crt',
      verdict: 'valid',
      key: 'helper/tls.key',
      bundles: [{ trustDomain: 'example.org', file: 'helper/svid_bundle.pem' }],
    });
    expect(found.find(({ kind }) => kind === 'jwt-svid')).toMatchObject({
      file: 'helper/jwt_svid.token',
      verdict: 'valid',
      bundles: [{ trustDomain: 'example.org', file: 'helper/key.jwt' }],
    });
  });

  it('never takes a token as valid that nobody named an audience for', async () => {
    const { code, out } = await verify('@helper');
    expect(code).toBe(1);
    expect(out).toContain('broken   J-09');
    expect(out).toContain('say which with --audience');
  });

  it('judges what spire-agent api fetch x509 -write leaves, with no option at all', async () => {
    const { code, out } = await verify('@agent');
    expect(code).toBe(0);
    expect(out).toMatch(/VALID {7}\S+\/agent\/svid\.0\.pem {2}\(x509-svid-keypair\)/u);
    expect(out).toMatch(/with bundle from \S+\/bundle\.0\.pem; private key from \S+\/svid\.0\.key/u);
  });

  it('follows the links of a volume of Kubernetes', async () => {
    expect((await verify('@k8s')).code).toBe(0);
    expect((await answers('@k8s')).map(({ file }) => file)).toContain('k8s/tls.crt');
  });

  it('S-13: prints nothing of a private key, in whatever format', async () => {
    const canary = new TextDecoder().decode(identity.key).split('\n')[1] ?? '';
    expect(canary).toHaveLength(64);
    const formats = [['--json'], ['--sarif'], ['--junit'], ['--quiet'], []];
    for (const report of ['html', 'md', 'json']) formats.push(['--report', report, '--show-claims']);
    for (const format of formats) {
      const { out, err } = await verify('@helper', '@agent', '@combined.pem', ...format);
      expect(out + err).not.toContain(canary);
      expect(out + err).not.toContain(identity.token.split('.')[2]);
    }
  });

  it.each([
    [['@alone'], 1, 'X-14'],
    [['@alone', '--bundle', 'example.org=@bundle.json'], 0, '1 valid'],
    [['@alone', '@mixed/ca.pem'], 0, '2 valid'],
    [['@wrong'], 1, 'X-14'],
    // What is given is used before what lies there.
    [['@wrong', '--bundle', 'example.org=@bundle.json'], 0, 'valid'],
    [['@mixed'], 2, 'empty.crt: it is empty.'],
    [['@mixed/*.pem'], 0, '2 valid'],
    [['@mixed/README.md', '@alone'], 2, 'README.md: it is no SVID'],
    [['@nothing'], 2, 'there is no SPIFFE document in it'],
    [['@agent/federated*'], 0, 'federated_bundle.0.0.pem'],
    [['@nope.pem', '@agent'], 2, 'nope.pem: there is no such file.'],
    [['@combined.pem', '--bundle', 'example.org=@bundle.json'], 0, 'VALID  x509-svid-keypair'],
  ])('%j exits with %j', async (args, code, text) => {
    const result = await verify(...args);
    expect(result.out + result.err).toContain(text);
    expect(result.code).toBe(code);
  });

  it('tells what it passed over, and judges the rest', async () => {
    const { out } = await verify('@mixed');
    expect(out).toMatch(/Not judged, because it is nothing to judge:\n {4}\S+\/README\.md: it is no SVID/u);
    expect(out).toMatch(/VALID {7}\S+\/good\.pem/u);
    expect(out).toContain('1 file could not be judged. 1 other file.');
  });

  it('prints a list for several, and one object for one file', async () => {
    expect(await answers('@alone')).toHaveLength(1);
    expect(JSON.parse((await verify('@alone/svid.pem', '--json')).out)).toMatchObject({ kind: 'x509-svid' });
    expect((await answers('@mixed')).at(-1)).toMatchObject({
      file: 'mixed/empty.crt',
      verdict: 'unreadable',
    });
  });

  it('says nothing with --quiet when nothing is wrong, and a line each when something is', async () => {
    expect(await verify('@agent', '--quiet')).toEqual({ code: 0, out: '', err: '' });
    const { out, code } = await verify('@helper', '@mixed', '--quiet');
    expect(code).toBe(2);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
    expect(out).toMatch(/jwt_svid\.token: INVALID J-09: .+\n\S+empty\.crt: UNREADABLE: it is empty\.\n$/u);
  });

  it('ends with 1 for warnings when asked', async () => {
    expect((await verify('@bundle.json', '--fail-on', 'warn')).code).toBe(0);
    const { code, out } = await verify('@agent', '--fail-on', 'warn', '--quiet');
    expect(code).toBe(1);
    expect(out).toContain('WARNING B-01');
  });
});

describe('muster verify --output', () => {
  it('writes a report whole, and prints a summary', async () => {
    const { code, out } = await verify('@agent', '--report', 'html', '--output', '@report.html');
    expect(code).toBe(0);
    expect(out).toContain('3 documents');
    expect(await readFile(folder.at('report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]+<\/html>\n$/u);
  });

  it('writes the same bytes for the same input', async () => {
    for (const format of [
      ['--sarif'],
      ['--junit'],
      ['--report', 'html'],
      ['--report', 'json'],
      ['--report', 'md'],
    ]) {
      const [a, b] = [
        await verify('@helper', '@agent', ...format),
        await verify('@agent', '@helper', ...format),
      ];
      expect(a.out).toBe(b.out);
      expect(a.out.length).toBeGreaterThan(1000);
    }
  });

  it.each([
    [['@agent', '--report', 'html', '--output', '@agent/svid.0.key'], 'is one of the files that were judged'],
    [
      ['@agent', '--report', 'html', '--output', '@agent/bundle.0.pem'],
      'is one of the files that were judged',
    ],
    [['@k8s', '--json', '--output', '@k8s/..2026_11_22/tls.crt'], 'is one of the files that were judged'],
    [['@agent', '--json', '--output', '@none/x'], 'its folder is not there'],
    [['@agent', '--json', '--output', '@agent'], 'it is a folder'],
    [['@agent', '--output', '@x'], '--output needs what to write'],
    [['@agent', '--json', '--sarif'], 'Give one of --json, --sarif'],
    [['@agent', '--report', 'pdf'], 'html, md or json'],
    [['@agent', '--show-claims'], 'is for --report'],
    [['@agent', '--fail-on', 'info'], 'warn or error'],
    [['@agent', '--kind', 'bundle'], 'is about one FILE'],
    [['@agent', '--key', '@agent/svid.0.key'], 'is about one FILE'],
    [['@agent', '--watch'], 'does not go with --watch'],
  ])('%j exits with 2', async (args, text) => {
    const { code, err } = await verify(...args);
    expect(err).toContain(text);
    expect(code).toBe(2);
    expect(await readFile(folder.at('agent/svid.0.key'))).toEqual(Buffer.from(identity.key));
  });
});
