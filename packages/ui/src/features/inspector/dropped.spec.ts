import { describe, expect, it } from 'vitest';
import { droppedFiles, filesOfHandles, mostLevels, pickedFiles } from './dropped.ts';
import { mostFiles } from './documents.ts';

type Tree = { readonly [name: string]: Tree | string | undefined };
const file = (name: string, text: string) => new File([text], name);

/** A folder of the File System Access API. */
function handleOf(name: string, tree: Tree): FileSystemDirectoryHandle {
  const inner = () =>
    Object.entries(tree).map(([child, value]) =>
      typeof value === 'object' ? handleOf(child, value) : fileHandle(child, value),
    );
  return {
    kind: 'directory',
    name,
    async *values() {
      yield* inner();
    },
  } as unknown as FileSystemDirectoryHandle;
}
/** Undefined: a link that leads nowhere. */
function fileHandle(name: string, text: string | undefined): FileSystemFileHandle {
  const getFile = () =>
    text === undefined ? Promise.reject(new Error('NotFoundError')) : Promise.resolve(file(name, text));
  return { kind: 'file', name, getFile } as unknown as FileSystemFileHandle;
}
/** The same as `webkitGetAsEntry` gives it, a hundred at a time. */
function entryOf(name: string, value: Tree | string): FileSystemEntry {
  if (typeof value === 'string')
    return {
      name,
      isFile: true,
      isDirectory: false,
      file: (done: (one: File) => void) => done(file(name, value)),
    } as unknown as FileSystemFileEntry;
  const all = Object.entries(value).map(([child, one]) => entryOf(child, one ?? ''));
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => ({
      readEntries: (done: (some: FileSystemEntry[]) => void) => done(all.splice(0, 100)),
    }),
  } as unknown as FileSystemDirectoryEntry;
}
const transfer = (
  items: readonly Partial<DataTransferItem & { getAsFileSystemHandle: unknown }>[],
  files: readonly File[],
) => ({ items, files }) as unknown as DataTransfer;

const helper: Tree = {
  'tls.crt': 'c',
  '..data': { 'tls.crt': 'c' },
  '.hidden': 'h',
  deep: { 'bundle.pem': 'b' },
};

describe('a folder that is dropped', () => {
  it.each(['handles', 'entries'])('is walked by %s, without its hidden files', async (how) => {
    const item = {
      kind: 'file',
      ...(how === 'handles' && { getAsFileSystemHandle: () => Promise.resolve(handleOf('svids', helper)) }),
      webkitGetAsEntry: () => entryOf('svids', helper),
    };
    const { files, refused } = await droppedFiles(transfer([item], [file('svids', '')]));
    expect(files.map(({ name }) => name)).toEqual(['svids/tls.crt', 'svids/deep/bundle.pem']);
    expect(files.every(({ handle }) => (handle !== undefined) === (how === 'handles'))).toBe(true);
    expect(refused).toEqual([]);
  });
  it('of which a link leads nowhere says so, and gives the rest', async () => {
    const { files, refused } = await filesOfHandles([handleOf('d', { gone: undefined, here: 'x' })]);
    expect(files.map(({ name }) => name)).toEqual(['d/here']);
    expect(refused).toMatchObject([{ reason: 'unreadable', name: 'd/gone' }]);
  });
  it('S-18: that holds itself ends', async () => {
    const loop = {
      kind: 'directory',
      name: 'loop',
      async *values(): AsyncGenerator<FileSystemDirectoryHandle> {
        yield loop;
      },
    } as unknown as FileSystemDirectoryHandle;
    const { files, refused } = await filesOfHandles([loop]);
    expect(files).toEqual([]);
    expect(refused[0]?.why).toContain(`${mostLevels} deep`);
  });
  it('S-18: of thousands of files is cut, and says by how many', async () => {
    const tree = Object.fromEntries(Array.from({ length: mostFiles + 7 }, (_, index) => [`f${index}`, 'x']));
    const { files, refused } = await filesOfHandles([handleOf('many', tree)]);
    expect(files).toHaveLength(mostFiles);
    expect(refused).toMatchObject([{ reason: 'too-many', name: '7 more' }]);
  });
});

it('files that are picked keep their way inside the folder', () => {
  const inside = Object.assign(file('tls.crt', 'c'), {});
  Object.defineProperty(inside, 'webkitRelativePath', { value: 'svids/tls.crt' });
  expect(pickedFiles([inside, file('plain', '')]).files.map(({ name }) => name)).toEqual([
    'svids/tls.crt',
    'plain',
  ]);
});
