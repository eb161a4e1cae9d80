import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { muster } from './testing/muster.ts';

let folder = '';
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-verify-'));
  await writeFile(file('good'), 'spiffe://example.org/billing\n');
  await writeFile(file('bad'), 'spiffe://example.org/a/../b\r\n');
  await writeFile(file('key.pem'), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
  await writeFile(file('bundle.json'), '{"keys":[],"spiffe_sequence":1}');
  await writeFile(file('a=b.json'), '{"keys":[],"spiffe_sequence":1}');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('muster verify', () => {
  it('exits with 0 for a valid document', async () => {
    const { code, out } = await muster(['verify', file('good')]);
    expect(out).toMatch(/^VALID {2}spiffe-id\n/u);
    expect(code).toBe(0);
  });

  it('exits with 1 for an invalid one, with clause and evidence', async () => {
    const { code, out } = await inProcess(['verify', file('bad'), '--kind', 'spiffe-id']);
    expect(code).toBe(1);
    expect(out).toMatch(/^INVALID {2}spiffe-id\n/u);
    expect(out).toMatch(/Broken requirements:\n {2}ID-\d+ {2}SPIFFE-ID .+ \(MUST\): .+\n {8}\S/u);
  });

  it('reads standard input, and answers the same as JSON', async () => {
    const { code, out } = await muster(['verify', '-', '--json', '--at', '2026-01-01T00:00:00Z'], {
      input: 'spiffe://Example.org/a',
    });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'spiffe-id',
      verdict: 'invalid',
      evaluationTime: '2026-01-01T00:00:00.000Z',
      fails: expect.arrayContaining([expect.stringMatching(/^ID-/u)]) as string[],
    });
  });

  it('exits with 2 for what cannot be read', async () => {
    const { code, out } = await muster(['verify', '-', '--kind', 'jwt-svid'], { input: 'not a token' });
    expect(code).toBe(2);
    expect(out).toMatch(/^UNREADABLE/u);
  });

  it.each([
    [['verify'], 'Give a file'],
    [['verify', '/nonexistent/x'], 'there is no such file'],
    [['verify', 'GOOD', '--kind', 'x509-svids'], 'did you mean "x509-svid"?'],
    [['verify', 'GOOD', '--at', '2026-01-01'], 'RFC 3339'],
    [['verify', 'GOOD', '--at', '2026-13-01T00:00:00Z'], 'RFC 3339'],
    [['verify', 'GOOD', '--trust-domain', 'Example.org'], 'is not a trust domain name'],
    [['verify', 'GOOD', '--bundle', 'GOOD'], 'Whose bundle'],
    [['verify', 'GOOD', '--bundle', 'a.org=GOOD', '--bundle', 'spiffe://a.org=GOOD'], 'two bundles'],
    [['verify', 'KEY'], 'private key'],
    [['verify', '--jsonl', '--json'], 'does not go with --jsonl'],
    [['verify', '--jsonl', '/nonexistent/x'], 'cannot be read'],
  ])('%j exits with 2', async (args, text) => {
    const named = args.map((arg) => arg.replace('GOOD', file('good')).replace('KEY', file('key.pem')));
    const { code, err } = await inProcess(named);
    expect(err).toContain(text);
    expect(code).toBe(2);
  });

  it('tells whose bundle a file is', async () => {
    const { out } = await inProcess([
      'verify',
      file('good'),
      ...[
        '--trust-domain',
        'example.org',
        '--bundle',
        file('a=b.json'),
        '--bundle',
        `b.org=${file('bundle.json')}`,
      ],
    ]);
    expect(out).toContain('trust domain example.org, bundles: example.org, b.org.');
  });
});

describe('muster verify --jsonl', () => {
  const line = (id: string, input: string) =>
    JSON.stringify({
      id,
      kind: 'spiffe-id',
      input_b64: Buffer.from(input).toString('base64'),
      bundles: {},
      evaluation_time: '2026-01-01T00:00:00Z',
    });

  it('answers one line a line, in order, whatever the lines hold', async () => {
    const input = [
      line('a', 'spiffe://a.org/x'),
      '{broken',
      line('b', 'spiffe://a.org//x'),
      '',
      '\u0000\uFFFF',
      '[]',
      'null',
      '{"id":"c","kind":"constructor"}',
      line('d', ''),
    ].join('\n');
    // Bytes that are no UTF-8, and no line end at the end.
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(input)]);
    const { code, out, err } = await muster(['verify', '--jsonl'], { input: bytes });
    expect(err).toBe('');
    expect(code).toBe(0);
    const answers = out
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as { id: string | null; verdict: string });
    expect(answers.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'null skip',
      'a valid',
      'null skip',
      'b invalid',
      'null skip',
      'null skip',
      'null skip',
      'null skip',
      'c skip',
      'd invalid',
    ]);
  });

  it('keeps the order over 20,000 lines', async () => {
    const count = 20_000;
    const input = Array.from({ length: count }, (_, i) => `${line(`n${i}`, `spiffe://a.org/${i}`)}\r\n`).join(
      '',
    );
    const { out } = await muster(['verify', '--jsonl'], { input });
    const ids = out
      .trimEnd()
      .split('\n')
      .map((text) => (JSON.parse(text) as { id: string }).id);
    expect(ids).toHaveLength(count);
    expect(ids.findIndex((id, i) => id !== `n${i}`)).toBe(-1);
  });

  it('answers nothing for nothing', async () => {
    expect(await muster(['verify', '--jsonl'])).toEqual({ code: 0, out: '', err: '' });
  });
});
