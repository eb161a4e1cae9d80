import { mostFiles, type Refused } from './documents.ts';
import type { IntakeSource } from './intake.ts';

/** A file that was given, and its handle where the browser has one: with it the file can be watched. */
export type DroppedFile = IntakeSource & { readonly blob: Blob; readonly handle?: FileSystemFileHandle };

export interface Dropped {
  readonly files: readonly DroppedFile[];
  /** What was left out, and why. */
  readonly refused: readonly Refused[];
}

/** Folders in folders; deeper ones are left out and told. */
export const mostLevels = 8;
/** Everything that is looked at in one drop: a folder of empty folders ends, too. */
const mostEntries = 20_000;

type AnyHandle = FileSystemFileHandle | FileSystemDirectoryHandle;
/** Not in TypeScript's own types yet. */
type HandleItem = DataTransferItem & { getAsFileSystemHandle?: () => Promise<AnyHandle | null> };

/**
 * The files of a drop, with those in folders. Must be called while the drop is being told: afterwards the browser has let go of it.
 */
export function droppedFiles({ items, files }: DataTransfer): Promise<Dropped> {
  const given = [...(items ?? [])].filter(({ kind }) => kind === 'file') as HandleItem[];
  const handles = given.map((item) => item.getAsFileSystemHandle?.());
  const entries = given.map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...files];
  if (given.length === 0) return Promise.resolve(pickedFiles(plain));
  return walk(async (walker) => {
    for (const [index, asked] of handles.entries()) {
      const handle = await asked?.catch(() => null);
      const entry = entries[index];
      const file = plain[index];
      if (handle) await walker.handle(handle, '', 0);
      else if (entry) await walker.entry(entry, '', 0);
      else if (file) walker.file(file.name, file);
    }
  });
}

/** Files that were picked; of a picked folder, with their way inside it. */
export function pickedFiles(files: readonly File[]): Dropped {
  const taken = files
    .slice(0, mostFiles)
    .map((file) => ({ name: file.webkitRelativePath || file.name, blob: file }));
  return { files: taken, refused: files.length > mostFiles ? [tooMany(files.length - mostFiles)] : [] };
}

/** The files behind handles that a person picked, with those in folders. */
export function filesOfHandles(handles: readonly AnyHandle[]): Promise<Dropped> {
  return walk(async (walker) => {
    for (const handle of handles) await walker.handle(handle, '', 0);
  });
}

async function walk(look: (walker: Walker) => Promise<void>): Promise<Dropped> {
  const walker = new Walker();
  await look(walker);
  return walker.found();
}

class Walker {
  readonly #files: DroppedFile[] = [];
  readonly #refused: Refused[] = [];
  #entries = 0;
  #leftOut = 0;

  found(): Dropped {
    return {
      files: this.#files,
      refused: this.#leftOut > 0 ? [...this.#refused, tooMany(this.#leftOut)] : this.#refused,
    };
  }

  file(name: string, blob: Blob, handle?: FileSystemFileHandle): void {
    if (this.#files.length >= mostFiles) this.#leftOut++;
    else this.#files.push({ name, blob, ...(handle && { handle }) });
  }

  async handle(handle: AnyHandle, folder: string, level: number): Promise<void> {
    const name = `${folder}${handle.name}`;
    if (!this.#goesOn(handle.name, level)) return;
    try {
      if (handle.kind === 'file') return this.file(name, await handle.getFile(), handle);
      if (this.#tooDeep(name, level)) return;
      for await (const inner of handle.values()) await this.handle(inner, `${name}/`, level + 1);
    } catch {
      // A link that leads nowhere, a file that went away, a folder that may not be read.
      this.#refused.push({ reason: 'unreadable', name, why: 'The browser could not read it.' });
    }
  }

  async entry(entry: FileSystemEntry, folder: string, level: number): Promise<void> {
    const name = `${folder}${entry.name}`;
    if (!this.#goesOn(entry.name, level)) return;
    try {
      if (isFileEntry(entry)) {
        const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
        return this.file(name, file);
      }
      if (!isFolderEntry(entry) || this.#tooDeep(name, level)) return;
      const reader = entry.createReader();
      // A reader gives a hundred at a time, and none at the end.
      for (let batch = await readBatch(reader); batch.length > 0; batch = await readBatch(reader))
        for (const inner of batch) await this.entry(inner, `${name}/`, level + 1);
    } catch {
      this.#refused.push({ reason: 'unreadable', name, why: 'The browser could not read it.' });
    }
  }

  /** Hidden names inside of folders are passed over: `..data` of a Kubernetes volume holds everything a second time. */
  #goesOn(name: string, level: number): boolean {
    if (++this.#entries <= mostEntries) return level === 0 || !name.startsWith('.');
    this.#leftOut++;
    return false;
  }

  #tooDeep(name: string, level: number): boolean {
    if (level < mostLevels) return false;
    this.#refused.push({
      reason: 'too-many',
      name,
      why: `Folders are followed ${mostLevels} deep; this one is deeper.`,
    });
    return true;
  }
}

function readBatch(reader: FileSystemDirectoryReader): Promise<readonly FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolderEntry(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function tooMany(count: number): Refused {
  return {
    reason: 'too-many',
    name: `${count} more`,
    why: `At most ${mostFiles} files are taken in one drop.`,
  };
}
