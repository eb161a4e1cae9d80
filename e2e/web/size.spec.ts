import { gzipSync } from 'node:zlib';
import { expect, test } from '../fixtures.ts';

test('the first page loads less than 300 kB of JavaScript, compressed', async ({ page, gateway }) => {
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body());
  });
  await page.goto(await gateway.open());
  await expect(page.getByRole('heading', { name: 'Needs attention' })).toBeVisible();
  const sizes = (await Promise.all(scripts)).map((body) => gzipSync(body).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`first load: ${sizes.length} scripts, ${(total / 1000).toFixed(0)} kB compressed`);
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThan(300_000);
});
