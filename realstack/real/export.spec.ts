import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EntryService, ExportFormat } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRealConsole, type RealConsole } from './console.ts';

let real: RealConsole;
let folder: string;

interface Shown {
  entries: { id: string; spiffe_id: { path: string } }[];
}

beforeAll(async () => {
  real = await openRealConsole();
  folder = mkdtempSync(join(tmpdir(), 'muster-export-'));
});
afterAll(async () => {
  await real?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function exported(format: ExportFormat, search: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const { part } of real.client(EntryService).exportEntries({ query: { search }, format }))
    text += decoder.decode(part, { stream: true });
  return text;
}

const shown = async (path: string): Promise<Record<string, unknown>[]> => {
  const { entries } = JSON.parse(await real.spireServer(['entry', 'show', '-output', 'json'])) as Shown;
  return entries
    .filter(({ spiffe_id }) => spiffe_id.path.startsWith(path))
    .toSorted((a, b) => (a.spiffe_id.path < b.spiffe_id.path ? -1 : 1))
    .map(({ id: _id, ...rest }) => {
      // What the server gives anew.
      const { created_at: _made, revision_number: _revision, ...kept } = rest as Record<string, unknown>;
      return kept;
    });
};

describe('an export against real SPIRE', () => {
  it('is what `spire-server entry create -data` takes, every field, and makes the same entries again', async () => {
    const td = 'org-a.test';
    const expiry = Math.floor(Date.now() / 1000) + 7 * 86_400;
    const common = ['-parentID', `spiffe://${td}/export/nobody`];
    const of = (path: string) => [
      'entry',
      'create',
      '-spiffeID',
      `spiffe://${td}/export-real/${path}`,
      ...common,
    ];
    await real.spireServer([...of('plain'), '-selector', 'unix:uid:4711']);
    await real.spireServer([
      ...of('full'),
      ...['-selector', 'k8s:ns:export', '-selector', 'k8s:sa:a,b;c"d'],
      ...[
        '-x509SVIDTTL',
        '1234',
        '-jwtSVIDTTL',
        '77',
        '-hint',
        '=1+1',
        '-dns',
        'a.example',
        '-dns',
        'b.example',
      ],
      ...['-federatesWith', 'spiffe://org-b.test', '-admin', '-downstream', '-entryExpiry', String(expiry)],
      ...['-disableX509SVIDPrefetch', '-jwtSVIDIncludeJTI'],
    ]);
    await real.spireServer([...of('stored'), '-selector', 'fakestore:name:x', '-storeSVID']);
    const before = await shown('/export-real/');
    expect(before).toHaveLength(3);

    // The console sees what others made at its next look.
    const entries = real.client(EntryService);
    const look = async () => (await entries.listEntries({ search: '/export-real/' })).total;
    const { entries: made } = JSON.parse(
      await real.spireServer(['entry', 'show', '-output', 'json']),
    ) as Shown;
    for (const { id, spiffe_id } of made)
      if (spiffe_id.path.startsWith('/export-real/')) await entries.getEntry({ connection: '', id });
    await expect.poll(look, { timeout: 20_000 }).toBe(3n);

    const text = await exported(ExportFormat.SPIRE_DATA, '/export-real/');
    const file = join(folder, 'entries.json');
    writeFileSync(file, text);
    for (const { id, spiffe_id } of made)
      if (spiffe_id.path.startsWith('/export-real/'))
        await real.spireServer(['entry', 'delete', '-entryID', id]);
    expect(await shown('/export-real/')).toEqual([]);

    await real.spireServer(['entry', 'create', '-data', file]);
    expect(await shown('/export-real/')).toEqual(before);
    expect(text).toContain(`"entryExpiry":${expiry}`);
  }, 60_000);

  it('S-22: gives a spreadsheet no formula', async () => {
    const csv = await exported(ExportFormat.CSV, '/export-real/full');
    expect(csv).toContain("'=1+1");
    expect(csv.replaceAll("'=1+1", '')).not.toContain('=1+1');
  });
});
