import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { makeFolder, type SvidFolder } from '../svid-folder.ts';

const table = (page: Page) => page.getByRole('grid', { name: 'Documents and their verdicts' });
const openInspector = async (page: Page, origin: string) => {
  await page.goto(`${origin}/inspect`);
  await expect(page.getByLabel('Document to inspect')).toBeVisible();
};
const drop = (page: Page, files: Readonly<Record<string, string>>) =>
  page.getByLabel('Files to inspect').setInputFiles(
    Object.entries(files).map(([name, text]) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(text),
    })),
  );

let folder: SvidFolder;
test.beforeAll(async () => {
  folder = await makeFolder();
});

test('S-13: a spiffe-helper folder is paired by itself; its key is compared, and kept nowhere', async ({
  signedIn: page,
  gateway,
}) => {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await openInspector(page, gateway.origin);
  await drop(page, folder.files);
  await page.getByLabel('Its audience').fill('slim-demo');
  await expect(
    page.getByText('All valid', { exact: true }).or(page.getByText('Valid, look at some')),
  ).toBeVisible();
  await expect(page.getByText('The private key belongs to this certificate.')).toBeVisible();
  await table(page)
    .getByRole('row', { name: /tls\.crt/ })
    .click();
  await expect(page.getByRole('region', { name: 'Verdict' }).getByText('X-28').first()).toBeVisible();
  await page.getByRole('button', { name: /^← All/ }).click();
  await expect(table(page)).toBeVisible();

  const secret = folder.files['tls.key']?.split('\n')[1] ?? 'none';
  const kept = await page.evaluate(() =>
    JSON.stringify([
      document.documentElement.outerHTML,
      { ...localStorage },
      { ...sessionStorage },
      location.href,
    ]),
  );
  expect(kept).not.toContain(secret);
  expect(sent.join('\n')).not.toContain(secret);
});

test('a file on disk is watched: counted down, read again when it is replaced, and its rotation listed', async ({
  signedIn: page,
  gateway,
}) => {
  const write = (files: Readonly<Record<string, string>>) =>
    page.evaluate(async (contents) => {
      const root = await navigator.storage.getDirectory();
      for (const [name, text] of Object.entries(contents)) {
        const handle = await root.getFileHandle(name, { create: true });
        const stream = await handle.createWritable();
        await stream.write(text);
        await stream.close();
      }
    }, files);
  await openInspector(page, gateway.origin);
  const { 'tls.crt': leaf = '', 'tls.key': key = '', 'svid_bundle.pem': bundle = '' } = folder.files;
  await write({ 'tls.crt': leaf, 'tls.key': key, 'svid_bundle.pem': bundle });
  // A person's own choice in the browser's dialog, with real handles: those of the page's private files.
  await page.evaluate(() => {
    Object.assign(window, {
      showOpenFilePicker: async () => {
        const root = await navigator.storage.getDirectory();
        return Promise.all(['tls.crt', 'tls.key', 'svid_bundle.pem'].map((name) => root.getFileHandle(name)));
      },
    });
  });
  await page.getByText('Watch files on disk').click();
  await page.getByRole('button', { name: 'Watch files…' }).click();
  const watched = page.getByRole('group', { name: 'Watched files' });
  await expect(watched.getByRole('timer')).toContainText(/\d+ min \d\d s/);
  await expect(watched.getByText('Nothing has changed yet.')).toBeVisible();
  await expect(page.getByText(/^Kept in this window while files are watched/)).toBeVisible();

  await write({ 'tls.crt': folder.next['tls.crt'] ?? '', 'tls.key': folder.next['tls.key'] ?? '' });
  await expect(watched.getByText(/rotated: serial \w+ → serial \w+/)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('The private key belongs to this certificate.')).toBeVisible();
  await watched.getByRole('button', { name: 'Stop watching' }).click();
  await expect(page.getByRole('button', { name: 'Watch files…' })).toBeVisible();
});

test('examples of the practice network are one click away, and many are a table', async ({
  signedIn: page,
  gateway,
}) => {
  await openInspector(page, gateway.origin);
  await page.getByRole('button', { name: 'The same, one bit of its signature turned' }).click();
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict.getByText(/^Not valid/)).toBeVisible();
  await expect(verdict.getByText('X-15').first()).toBeVisible();
  await page.getByRole('button', { name: 'Forget now' }).click();
  await page.getByRole('button', { name: 'Several at once, as from a folder' }).click();
  await expect(table(page).getByRole('row', { name: /tampered\.pem/ })).toContainText('not valid');
  await page.getByRole('button', { name: /^Not valid \d/ }).click();
  await expect(table(page).getByRole('row', { name: /svid\.0\.pem/ })).toHaveCount(0);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV', exact: true }).click();
  expect((await download).suggestedFilename()).toBe('muster-verdicts.csv');
});

test('a lone key is told for what it is; a hundred documents and what is none are sorted', async ({
  signedIn: page,
  gateway,
}) => {
  await openInspector(page, gateway.origin);
  await drop(page, { 'lone.key': folder.files['tls.key'] ?? '' });
  await expect(page.getByRole('alert')).toContainText('EC P-256 private key (PKCS#8)');
  const ids = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [
      `id-${index}.txt`,
      `spiffe://org-a.test/${index % 2 ? 'ok' : '..'}/${index}`,
    ]),
  );
  await drop(page, { ...ids, 'notes.txt': 'hello', 'hidden\u202etxt.exe': 'hello' });
  await expect(page.getByText('50 not valid', { exact: true })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('2 files could not be placed.');
  // S-12: a name that would turn itself round is spelled out.
  await expect(page.getByRole('alert')).toContainText('\\u{202e}');
});
