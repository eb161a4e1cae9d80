import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { muster } from './testing/muster.ts';
import { makeFolder, makeIdentity } from './testing/verify-folder.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let before: Awaited<ReturnType<typeof makeIdentity>>;

beforeAll(async () => {
  folder = await makeFolder();
  before = await makeIdentity();
  const after = await makeIdentity();
  await folder.put('before.pem', before.leaf);
  await folder.put('after.pem', after.leaf);
  await folder.put('both.pem', Buffer.concat([before.leaf, before.key]));
  await folder.put('key.pem', before.key);
  await folder.put('before.token', before.token);
  await folder.put('after.token', after.token);
  await folder.put('bundle.json', before.bundle);
  await folder.put('what', 'hello');
});
afterAll(() => folder.remove());

const compare = (...args: string[]) =>
  inProcess(['compare', ...args.map((arg) => arg.replace('@', `${folder.path}/`))]);

describe('muster compare', () => {
  it.each([
    [['@before.pem', '@before.pem'], 0, /\S/u],
    [['@before.pem', '@after.pem'], 1, /Public key/u],
    [['@before.pem', '@both.pem'], 0, /\S/u],
    [['@before.token', '@after.token'], 0, /\S/u],
    [['@bundle.json', '@before.pem'], 2, /cannot be compared/u],
    [['@before.pem'], 2, /Give two files/u],
    [['-', '-'], 2, /Only one/u],
    [['@key.pem', '@before.pem'], 2, /Keys are not compared/u],
    [['@what', '@before.pem'], 2, /cannot be told/u],
    [['@nope', '@before.pem'], 2, /no such file/u],
    [['@before.pem', '@after.pem', '--kind', 'x509'], 2, /There is no kind "x509"/u],
  ])('%j exits with %j', async (args, code, text) => {
    const result = await compare(...args);
    expect(result.out + result.err).toMatch(text);
    expect(result.code).toBe(code);
  });

  it('prints everything as JSON, and nothing with --quiet', async () => {
    const { out } = await compare('@before.pem', '@after.pem', '--json');
    expect(JSON.parse(out)).toMatchObject({
      left: { file: folder.at('before.pem'), kind: 'x509-svid' },
      comparable: true,
      fields: expect.arrayContaining([expect.objectContaining({ state: 'changed' })]) as unknown,
    });
    expect(await compare('@before.pem', '@after.pem', '--quiet')).toEqual({ code: 1, out: '', err: '' });
  });

  it('S-13 S-14: shows neither key nor signature', async () => {
    const canary = new TextDecoder().decode(before.key).split('\n')[1] ?? '';
    for (const args of [
      ['@both.pem', '@after.pem'],
      ['@before.token', '@after.token'],
    ]) {
      const { out } = await compare(...args, '--all', '--json');
      expect(out).not.toContain(canary);
      expect(out).not.toContain(before.token.split('.')[2]);
    }
  });

  it('reads standard input', async () => {
    const { code, out } = await muster(['compare', '-', folder.at('before.pem')], { input: before.leaf });
    expect(code).toBe(0);
    expect(out).toContain(`- → ${folder.at('before.pem')}`);
  });
});
