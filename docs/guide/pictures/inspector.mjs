import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const cli = join(import.meta.dirname, '../../../apps/cli/src/main.ts');

/** Pictures of inspector.md, on SVIDs minted for them. */
export async function inspector({ at, page, muster, button, browser, take, takeOf }) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-pictures-'));
  try {
    const files = await mintAll(folder, muster);
    await at('inspect');
    await button(/\/console.*harbor-workload/).click();
    await page.getByRole('region', { name: 'Chain of trust' }).waitFor();
    await take('inspector');

    await at('inspect');
    await page.getByLabel('Files to inspect').setInputFiles(files.all);
    const table = page.getByRole('grid', { name: 'Documents and their verdicts' });
    await table.getByText('X-16').first().waitFor();
    await take('inspector-many');

    await at('inspect');
    await page.getByLabel('Files to inspect').setInputFiles(files.two);
    await table.getByRole('row', { name: / web\.pem/ }).click();
    await button('Compare…').click();
    await page.getByText('Public key, SHA-256').first().waitFor();
    await take('inspector-compare');

    // It exits with 1: one of them has expired, and nobody named an audience for the token.
    spawnSync(process.execPath, [cli, 'verify', 'svids', '--report', 'html', '--output', 'report.html'], {
      cwd: folder,
    });
    const report = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await report.goto(pathToFileURL(join(folder, 'report.html')).href);
    await takeOf(report, 'inspector-report');
    await report.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Three workloads' folders, one with an SVID that has expired by now, one with a token. */
async function mintAll(folder, muster) {
  const svids = join(folder, 'svids');
  mkdirSync(svids);
  const place = (name) => join(svids, name);
  const mint = async (name, ttl, workload, ...names) => {
    const out = join(folder, name);
    const id = `spiffe://harbor.example/shop/${workload}`;
    await muster(['mint', 'x509', '--spiffe-id', id, '--out', out, '--ttl', ttl, ...names, '--yes']);
    cpSync(join(out, 'svid.pem'), place(`${name}.pem`));
    cpSync(join(out, 'key.pem'), place(`${name}.key`));
    return join(out, 'bundle.pem');
  };
  await mint('ledger', '1', 'ledger');
  await mint('web-before', '600', 'web');
  const bundle = await mint('web', '900', 'web', '--dns', 'web.harbor.example');
  await mint('checkout', '900', 'checkout');
  cpSync(bundle, place('bundle.pem'));
  await muster([
    ...['mint', 'jwt', '--spiffe-id', 'spiffe://harbor.example/shop/web', '--audience', 'ledger'],
    ...['--out', place('web.jwt'), '--yes'],
  ]);
  const all = ['ledger.pem', 'web.pem', 'web.key', 'checkout.pem', 'checkout.key', 'bundle.pem', 'web.jwt'];
  return { all: all.map(place), two: [place('web-before.pem'), place('web.pem')] };
}
