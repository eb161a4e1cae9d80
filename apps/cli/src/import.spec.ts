import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code, ConnectError } from '@connectrpc/connect';
import { ActionService, ItemOutcome } from '@muster/api';
import { importLimits } from '@muster/domain/import-split';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inProcess } from './testing/in-process.ts';
import { muster } from './testing/muster.ts';
import { type StandIn, startStandIn } from './testing/stand-in.ts';

let gateway: StandIn;
let folder: string;
const plans: { [name: string]: unknown }[] = [];
let applied = 0;

beforeEach(async () => {
  plans.length = 0;
  applied = 0;
  folder = await mkdtemp(join(tmpdir(), 'muster-import-'));
  gateway = await startStandIn((router) => {
    router.service(ActionService, {
      plan: ({ action, input = {} }) => {
        plans.push({ action, ...input });
        const text = String(input['text']);
        if (text.includes('bad'))
          throw new ConnectError(
            'text: 2 mistakes; nothing was changed.\nline 2, hint: no.\u001b[2J\nline 3: no.',
            Code.InvalidArgument,
          );
        const nothing = text.includes('same');
        return {
          plan: {
            digest: text.includes('broken') ? 'b' : 'd',
            title: nothing ? 'Nothing to change' : 'Create 2 entries',
            targetDescription: 'org-a (org-a.test)',
            changes: nothing ? [] : [{ verb: 'create', target: 'a' }],
            warnings: [{ code: 'admin', severity: 3, text: 'Admin.' }],
            effects: ['1 row is the same.'],
          },
        };
      },
      apply: async function* ({ digest }) {
        applied += 1;
        yield { done: 0, total: 2 };
        yield { done: 1, total: 2, item: { target: 'a', outcome: ItemOutcome.DONE } };
        if (digest === 'b') {
          yield {
            done: 2,
            total: 2,
            item: { target: 'b', outcome: ItemOutcome.UNKNOWN, reason: 'It broke.' },
          };
          yield { done: 2, total: 2, result: { recordId: 'r', done: 1, unknown: 1 } };
          return;
        }
        yield {
          done: 2,
          total: 2,
          item: { target: 'b', outcome: ItemOutcome.REFUSED, reason: 'There already.' },
        };
        yield { done: 2, total: 2, result: { recordId: 'r', done: 1, refused: 1 } };
      },
    });
  });
});
afterEach(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

async function file(text: string): Promise<string> {
  const path = join(folder, 'entries.csv');
  await writeFile(path, text);
  return path;
}
const run = (...args: string[]) => inProcess(['import', ...args], gateway.home);

describe('muster import', () => {
  it('plans, says what would change, and changes nothing without --yes', async () => {
    const { code, out } = await run(
      await file('h\nx'),
      '--connection',
      'org-a',
      '--format',
      'csv',
      '--create-only',
      '--skip-conflicts',
    );
    expect(code).toBe(0);
    expect(out).toContain('Create 2 entries on org-a (org-a.test)\n  !! Admin.\n  1 row is the same.');
    expect(out).toContain('Nothing was changed. With --yes it is applied.');
    expect(plans).toEqual([
      {
        action: 'entry.import',
        text: 'h\nx',
        connection: 'org-a',
        format: 'csv',
        mode: 'create-only',
        on_conflict: 'skip',
      },
    ]);
    expect(applied).toBe(0);
  });

  it('applies with --yes, prints what was not done, and says so by its exit code', async () => {
    const { code, out } = await run(await file('h\nx'), '--yes');
    expect(code).toBe(1);
    expect(out).toContain('refused b: There already.');
    expect(out).not.toContain('done a');
    expect(out).toContain('1 done, 1 refused, 0 unknown; record r');
    expect((await run(await file('h\nx'), '--yes', '--verbose')).out).toContain('done a');
  });

  it('reads standard input', async () => {
    const { code, out } = await muster(['import', '-'], { home: gateway.home, input: 'h\nx' });
    expect([code, out]).toEqual([0, expect.stringContaining('Create 2 entries')]);
  });

  it('has nothing to do when all is the same, and says what to do when an outcome is unknown', async () => {
    expect((await run(await file('same'), '--yes')).code).toBe(0);
    expect(applied).toBe(0);
    const broken = await run(await file('broken'), '--yes');
    expect(broken.code).toBe(5);
    expect(broken.err).toMatch(/Run the same command again/u);
  });

  it('S-22: prints a line a mistake, and nothing that a terminal would obey', async () => {
    const { code, err } = await run(await file('bad'));
    expect(code).toBe(1);
    expect(err).toContain('nothing was changed.\nline 2, hint: no.\\u{1b}[2J\nline 3: no.');
  });

  it('S-18: refuses a huge file by its size, before reading it', async () => {
    const path = await file('');
    // Sparse: it has a size and nothing in it.
    await truncate(path, 300 * 1024 * 1024);
    const { code, err } = await run(path);
    expect(code).toBe(2);
    expect(err).toMatch(/entries\.csv has 300\.0 MiB, and a file may have 32\.0 MiB\. Split it/u);
    expect(plans).toEqual([]);
  });

  it('imports a large CSV in parts, each planned when its turn comes, and stops at the first that fails', async () => {
    const rows = Array.from({ length: importLimits.partRows * 2 + 1 }, (_one, n) => `r${n}`).join('\n');
    const planned = await run(await file(`h,i\n${rows}`));
    expect(planned.out).toMatch(/Part 1 of 3[\s\S]*Part 2 of 3[\s\S]*Part 3 of 3/u);
    expect(plans).toHaveLength(3);
    plans.length = 0;
    const done = await run(await file(`h,i\n${rows}`), '--yes');
    expect([done.code, plans.length]).toEqual([1, 1]);
    expect(done.out).toContain('Parts 2 to 3 were not begun.');
  });

  it.each([
    [['import']],
    [['import', 'a', 'b']],
    [['import', '/nonexistent/x']],
    [['import', 'x', '--format', 'xlsx']],
  ])('refuses %j', async (args) => {
    expect((await inProcess(args, gateway.home)).code).toBe(2);
  });
});
