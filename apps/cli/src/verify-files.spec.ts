import { execFileSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from './testing/verify-folder.ts';
import { findFiles } from './verify-files.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let outside: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  [folder, outside] = [await makeFolder(), await makeFolder()];
  for (const name of [
    'b/2.pem',
    'b/1.pem',
    'b/c/3.pem',
    'b/c/3.key',
    'a.pem',
    '.hidden/4.pem',
    'b/.5.pem',
    '[x].pem',
  ])
    await folder.put(name, 'x');
  await outside.put('secret.pem', 'x');
  await folder.link(outside.at('secret.pem'), 'b/out.pem');
  await folder.link(outside.path, 'b/outfolder');
  await folder.link('../a.pem', 'b/in.pem');
  await folder.link('c/3.pem', 'b/own.pem');
  await folder.link('nowhere', 'b/dangling.pem');
  await folder.link('.', 'b/circle');
});
afterAll(async () => {
  await folder.remove();
  await outside.remove();
});

async function names(...args: string[]) {
  const { files, problems } = await findFiles(args.map((arg) => folder.at(arg)));
  const short = (name: string) => name.replace(`${folder.path}/`, '');
  return { files: files.map(({ name }) => short(name)), problems: problems.map(({ name }) => short(name)) };
}

describe('a folder', () => {
  it('is all below it, sorted, without hidden names, and without what links lead out to', async () => {
    expect(await names('b')).toEqual({
      files: ['b/1.pem', 'b/2.pem', 'b/c/3.key', 'b/c/3.pem', 'b/own.pem'],
      problems: ['b/dangling.pem', 'b/in.pem', 'b/out.pem'],
    });
    // The same link leads out of `b`, but not out of the whole.
    expect((await names('.')).files).toContain('b/in.pem');
  });

  it('shows hidden names when asked', async () => {
    const { files } = await findFiles([folder.path], { hidden: true });
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining([folder.at('.hidden/4.pem'), folder.at('b/.5.pem')]),
    );
  });

  it('says when there is nothing, and when it may not be looked at', async () => {
    await folder.put('empty/.keep', '');
    expect((await findFiles([folder.at('empty')])).problems).toEqual([
      { name: folder.at('empty'), why: 'there is no file in it' },
    ]);
    if (process.getuid?.() === 0) return;
    await folder.put('closed/x.pem', '');
    await chmod(folder.at('closed'), 0);
    expect((await findFiles([folder.at('closed')])).problems[0]?.why).toContain('permissions');
    await chmod(folder.at('closed'), 0o700);
  });

  it('passes by what is no file, which could be read for ever', async () => {
    await folder.put('odd/x.pem', '');
    execFileSync('mkfifo', [folder.at('odd/pipe.pem')]);
    expect((await names('odd')).files).toEqual(['odd/x.pem']);
  });
});

describe('a pattern', () => {
  it.each([
    [['*.pem'], ['[x].pem', 'a.pem']],
    [['b/*.pem'], ['b/1.pem', 'b/2.pem', 'b/own.pem']],
    [['**/*.key'], ['b/c/3.key']],
    [['**/c/**'], ['b/c/3.key', 'b/c/3.pem']],
    [['**/**/**/3.pem'], ['b/c/3.pem']],
    [['b/**/{1,3}.pem'], ['b/1.pem', 'b/c/3.pem']],
    [['*/c/?.pem'], ['b/c/3.pem']],
    [['.hidden/*'], ['.hidden/4.pem']],
    [['b/.*.pem'], ['b/.5.pem']],
    [['[x].pem'], ['[x].pem']],
    [
      ['a.pem', 'a.pem', '*.pem'],
      ['[x].pem', 'a.pem'],
    ],
  ])('%j finds %j', async (patterns, files) => {
    expect((await names(...patterns)).files).toEqual(files);
  });

  it('that fits nothing is told', async () => {
    const { files, problems } = await findFiles([folder.at('*.nothing'), folder.at('nowhere/*.pem')]);
    expect(files).toEqual([]);
    expect(problems.map(({ why }) => why)).toEqual(['no file fits the pattern', 'no file fits the pattern']);
  });
});

it('a name may be a link to anywhere: somebody said so', async () => {
  expect((await names('b/out.pem')).files).toEqual(['b/out.pem']);
  expect((await names('b/nope.pem')).problems).toEqual(['b/nope.pem']);
});
