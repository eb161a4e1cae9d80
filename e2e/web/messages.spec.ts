import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PracticeSlim, startPracticeSlim } from '@muster/practice/slim/index';
import { test as base } from '@playwright/test';
import { startTalker, type Talker } from '../../realstack/real/talker.ts';
import { expect, watchForComplaints } from '../fixtures.ts';
import { type RunningGateway, startGatewayProcess } from '../gateway.ts';

const MESSAGES = 1000;
const channel = 'acme/talk/room';
const alice = 'acme/talk/alice';

let folder: string;
let practice: PracticeSlim;
let gateway: RunningGateway;
let talker: Talker;

async function act(action: string, input: Record<string, unknown>): Promise<void> {
  const file = join(folder, 'input.json');
  writeFileSync(file, JSON.stringify(input));
  const planned = await gateway.muster(['plan', action, '--input', file, '--json']);
  if (planned.code !== 0) throw new Error(planned.stderr);
  const { digest } = JSON.parse(planned.stdout) as { digest: string };
  const applied = await gateway.muster(['apply', digest]);
  if (applied.code !== 0) throw new Error(`${applied.stdout}${applied.stderr}`);
}

base.beforeAll(async () => {
  base.setTimeout(120_000);
  folder = mkdtempSync(join(tmpdir(), 'muster-talk-'));
  practice = await startPracticeSlim({ pace: { minMs: 600_000, maxMs: 600_000 } });
  const secret = join(folder, 'secret');
  writeFileSync(secret, practice.sharedSecret, { mode: 0o600 });
  const config = join(folder, 'muster.yaml');
  const moderator = { name: 'acme/talk/muster', sharedSecretFile: secret };
  writeFileSync(
    config,
    JSON.stringify({
      connections: [{ name: 'node', kind: 'slim-node', address: practice.endpoint, moderator }],
    }),
  );
  gateway = await startGatewayProcess(config);
  talker = await startTalker(practice.endpoint, secret, alice);
  await expect(async () => act('channel.create', { connection: 'node', name: channel })).toPass();
  await act('member.invite', { connection: 'node', channel, member: alice });
});
base.afterAll(async () => {
  await talker?.kill();
  await gateway?.stop();
  await practice?.stop();
  rmSync(folder, { recursive: true, force: true });
});

base(
  'a thousand messages come in while one looks, and all can be seen, copied and saved',
  async ({ page }) => {
    const complaints = watchForComplaints(page);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(await gateway.open());
    await expect(page.getByRole('navigation').first()).toBeVisible();
    await page.goto(`${gateway.origin}/channels?channel=${encodeURIComponent(`node/${channel}`)}`);
    const talk = page.getByRole('region', { name: 'Messages' });
    await expect(talk.getByText('Nothing was said yet')).toBeVisible();
    await talker.say(channel, 'message', MESSAGES, 32);

    // The reader is at the end, and stays there.
    const log = talk.getByRole('log');
    await expect(log.getByText(`message ${MESSAGES - 1}`, { exact: true })).toBeInViewport();
    await expect(talk.getByText(/^1.000 messages since/u)).toBeVisible();
    expect(await log.getByRole('listitem').count()).toBeLessThan(100);

    const seen = new Set<string>();
    const look = async () => {
      for (const text of await log.getByRole('listitem').locator('p').allInnerTexts()) seen.add(text.trim());
    };
    await log.evaluate((element) => (element.scrollTop = 0));
    await expect(log.getByText('message 0', { exact: true })).toBeInViewport();
    await expect(talk.getByRole('button', { name: 'To the newest ↓' })).toBeVisible();
    for (let before = -1; before !== seen.size;) {
      before = seen.size;
      await look();
      await log.evaluate((element) => (element.scrollTop += element.clientHeight));
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30))));
    }
    const all = Array.from({ length: MESSAGES }, (_, index) => `message ${index}`);
    expect([...seen].toSorted()).toEqual(all.toSorted());

    // Who reads further up is left alone, and told how much is new.
    await log.evaluate((element) => (element.scrollTop = 2000));
    const inSight = log.getByText(/^message 9\d$/u).first();
    await expect(inSight).toBeInViewport();
    const word = await inSight.innerText();
    await talker.say(channel, 'later', 3, 1);
    const newer = talk.getByRole('button', { name: '3 newer ↓' });
    await expect(newer).toBeVisible();
    await expect(log.getByText(word, { exact: true })).toBeInViewport();
    await newer.click();
    await expect(log.getByText('later 2', { exact: true })).toBeInViewport();
    await expect(talk.getByText(/^last 1.000 · 3 older not kept$/u)).toBeVisible();

    await talk.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('button', { name: 'Copy as text' }).click();
    await expect(talk.getByText('Copied')).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.match(/: (?:message|later) \d+\n/gu)).toHaveLength(MESSAGES);
    await talk.getByRole('button', { name: 'Copied' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as JSON lines' }).click();
    const lines = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { text: string }).text)).toEqual([
      ...all.slice(3),
      ...['later 0', 'later 1', 'later 2'],
    ]);
    expect(complaints).toEqual([]);
  },
);
