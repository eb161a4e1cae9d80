import type { DroppedFile } from './dropped.ts';

/** A file on disk that is watched, as it was when it was read last. */
export interface WatchedFile {
  readonly name: string;
  readonly handle: FileSystemFileHandle;
  readonly lastModified: number;
  readonly size: number;
  /** It cannot be read now; it may come back. */
  readonly missing: boolean;
}

export interface Look {
  readonly files: readonly WatchedFile[];
  /** Something is other than it was, and is there to be read. */
  readonly changed: boolean;
  readonly gone: readonly string[];
  readonly back: readonly string[];
  /** Contents, when something changed. */
  readonly blobs: readonly DroppedFile[];
}

/** More would be asked for too often. */
export const mostWatched = 200;

/** What of a drop can be watched: files with a handle. */
export async function watchable(files: readonly DroppedFile[]): Promise<readonly WatchedFile[]> {
  const watched: WatchedFile[] = [];
  for (const { name, handle } of files.slice(0, mostWatched)) {
    if (!handle) continue;
    const file = await handle.getFile().catch(() => undefined);
    watched.push({
      name,
      handle,
      lastModified: file?.lastModified ?? 0,
      size: file?.size ?? 0,
      missing: file === undefined,
    });
  }
  return watched;
}

/** Looks at each file once. A handle names a place on disk, so a file that was put in its place by renaming is seen, too. */
export async function lookAt(before: readonly WatchedFile[]): Promise<Look> {
  const files: WatchedFile[] = [];
  const blobs: DroppedFile[] = [];
  const gone: string[] = [];
  const back: string[] = [];
  let changed = false;
  for (const was of before) {
    const file = await was.handle.getFile().catch(() => undefined);
    if (!file) {
      if (!was.missing) gone.push(was.name);
      files.push({ ...was, missing: true });
      continue;
    }
    if (was.missing) back.push(was.name);
    if (was.missing || file.lastModified !== was.lastModified || file.size !== was.size) changed = true;
    files.push({ ...was, lastModified: file.lastModified, size: file.size, missing: false });
    blobs.push({ name: was.name, blob: file, handle: was.handle });
  }
  return { files, changed, gone, back, blobs };
}

/** `1 d 02 h`, `2 h 03 min 04 s`, `4 min 05 s`, `5 s`: counting down, every part of the same width. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60),
  ];
  if (days > 0) return `${days} d ${two(hours % 24)} h ${two(minutes % 60)} min`;
  if (hours > 0) return `${hours} h ${two(minutes % 60)} min ${two(seconds % 60)} s`;
  return minutes > 0 ? `${minutes} min ${two(seconds % 60)} s` : `${seconds} s`;
}
