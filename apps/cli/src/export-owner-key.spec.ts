import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { type Practice, startPractice } from './testing/practice.ts';

let practice: Practice;
const folder = mkdtempSync(join(tmpdir(), 'muster-export-key-'));
const file = join(folder, 'passphrase');
const passphrase = 'correct horse battery';

beforeAll(async () => {
  practice = await startPractice();
  writeFileSync(file, `${passphrase}\nof no matter\n`, { mode: 0o600 });
  const input = join(folder, 'create.json');
  writeFileSync(input, JSON.stringify({ alias: 'operations' }));
  const { out } = await run(['plan', 'ownerKey.create', '--input', input, '--json']);
  await run(['apply', (JSON.parse(out) as { digest: string }).digest]);
}, 60_000);
afterAll(async () => {
  await practice.stop();
  rmSync(folder, { recursive: true, force: true });
});
const run = (args: string[]) => inProcess(args, practice.home);

describe('muster export owner-key', () => {
  it('writes a PEM that the passphrase opens, and nothing else does', async () => {
    const { code, out, err } = await run(['export', 'owner-key', 'operations', '--passphrase-file', file]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(createPrivateKey({ key: out, passphrase }).asymmetricKeyType).toBe('ed25519');
    expect(() => createPrivateKey({ key: out, passphrase: 'another one' })).toThrow();
    const { out: keys } = await run(['view', 'owner-keys', '--json']);
    const made = JSON.parse(keys) as { keys: { did: string; alias: string }[] };
    const did = made.keys.find(({ alias }) => alias === 'operations')?.did ?? '';
    expect((await run(['export', 'owner-key', did, '--passphrase-file', file])).code).toBe(0);
    expect((await run(['view', 'activity'])).out).toContain('Export 1 owner key');
  });

  it.each([
    [['export', 'owner-key'], 2, /Say which key/u],
    [['export', 'owner-key', 'operations'], 2, /Give --passphrase-file/u],
    [
      ['export', 'owner-key', 'operations', '--passphrase-file', '/nonexistent'],
      2,
      /cannot be read \(ENOENT\)/u,
    ],
    [
      ['export', 'owner-key', 'nobody', '--passphrase-file', file],
      1,
      /no owner key "nobody"\. There are: .*operations/u,
    ],
  ])('%j: says what is wrong', async (args, wanted, words) => {
    const { code, out, err } = await run(args);
    expect(err).toMatch(words);
    expect(code).toBe(wanted);
    expect(out).toBe('');
  });

  it('refuses a passphrase that is too short', async () => {
    const short = join(folder, 'short');
    writeFileSync(short, 'short\n');
    const { code, err } = await run(['export', 'owner-key', 'operations', '--passphrase-file', short]);
    expect(err).toMatch(/at least 12 characters/u);
    expect(code).toBe(1);
  });
});
