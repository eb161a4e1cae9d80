import { type Dirent, type Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { hasWildcard, matchesSegment, parseGlob } from './verify-glob.ts';

/** A file to judge. `named`: somebody gave its name; otherwise it lay where somebody looked. */
export interface FoundFile {
  /** As it is shown: the argument, or the way to it from there; folders set apart by `/`. */
  readonly name: string;
  readonly path: string;
  readonly named: boolean;
}

/** What could not be looked at, and why. */
export interface FileProblem {
  readonly name: string;
  readonly why: string;
}

export interface FoundFiles {
  /** By name, each file once. */
  readonly files: readonly FoundFile[];
  readonly problems: readonly FileProblem[];
}

export const mostFiles = 10_000;
const MOST_LEVELS = 32;
const MOST_ENTRIES = 200_000;

/**
 * Finds the files that arguments mean: a file's name, a folder (with all below), or a pattern. Hidden names are left out unless they are asked for.
 * Links are followed to files inside the folder that was asked for, as in volumes of Kubernetes; never out of it.
 */
export async function findFiles(
  args: readonly string[],
  { hidden = false }: { readonly hidden?: boolean } = {},
): Promise<FoundFiles> {
  const search = new Search(hidden);
  for (const arg of args) await search.look(arg);
  return search.found();
}

class Search {
  readonly #hidden: boolean;
  readonly #files = new Map<string, FoundFile>();
  readonly #problems: FileProblem[] = [];
  /** Ways already gone: patterns with several `**` meet a folder more than once. */
  readonly #gone = new Set<string>();
  #entries = 0;
  #full = false;

  constructor(hidden: boolean) {
    this.#hidden = hidden;
  }

  found(): FoundFiles {
    const files = [...this.#files.values()].toSorted(byName);
    return { files, problems: this.#problems.toSorted(byName) };
  }

  async look(arg: string): Promise<void> {
    if (arg === '-') return this.#add({ name: '-', path: '-', named: true });
    const found = await stat(arg).catch((error: unknown) => reasonOf(error));
    if (typeof found !== 'string') {
      const name = slashed(arg);
      if (found.isDirectory()) await this.#folder(arg, name === '.' ? '' : name.replace(/(?<=.)\/+$/u, ''));
      else this.#add({ name, path: arg, named: true });
    } else if (hasWildcard(arg)) await this.#pattern(arg);
    else this.#problems.push({ name: slashed(arg), why: found });
  }

  async #folder(path: string, name: string): Promise<void> {
    const before = this.#files.size;
    await this.#walk({ path, name, root: await realpath(path), segments: ['**', '*'] }, 0);
    if (this.#files.size === before && this.#problems.length === 0)
      this.#problems.push({ name: name || '.', why: 'there is no file in it' });
  }

  async #pattern(arg: string): Promise<void> {
    const before = this.#files.size;
    const problems = this.#problems.length;
    for (const { base, segments } of parseGlob(slashed(arg))) {
      const path = base === '' ? '.' : base;
      const root = await realpath(path).catch(() => undefined);
      if (root !== undefined) await this.#walk({ path, name: base, root, segments }, 0);
    }
    if (this.#files.size === before && this.#problems.length === problems)
      this.#problems.push({ name: arg, why: 'no file fits the pattern' });
  }

  async #walk(place: Place, level: number): Promise<void> {
    const { path, name, root, segments } = place;
    const way = JSON.stringify([path, segments]);
    if (this.#full || this.#gone.has(way)) return;
    this.#gone.add(way);
    if (level > MOST_LEVELS) {
      this.#problems.push({ name, why: `it is more than ${MOST_LEVELS} folders deep` });
      return;
    }
    let entries: Dirent[];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch (error) {
      this.#problems.push({ name: name === '' ? '.' : name, why: reasonOf(error) });
      return;
    }
    for (const entry of entries.toSorted(byName)) {
      if (this.#isFull()) return;
      const below = {
        path: join(path, entry.name),
        name: name === '' ? entry.name : `${name === '/' ? '' : name}/${entry.name}`,
        root,
      };
      for (const rest of steps(segments, entry.name, this.#hidden)) {
        if (rest.length === 0) await this.#take(entry, below);
        else if (entry.isDirectory()) await this.#walk({ ...below, segments: rest }, level + 1);
      }
    }
  }

  /** Only files: what else a folder holds (sockets, devices, pipes) is no document, and reading it may never end. */
  async #take(entry: Dirent, { path, name, root }: Omit<Place, 'segments'>): Promise<void> {
    if (entry.isFile()) return this.#add({ name, path, named: false });
    if (!entry.isSymbolicLink()) return;
    const target = await realpath(path).catch((error: unknown) => new Error(reasonOf(error)));
    if (target instanceof Error) {
      this.#problems.push({ name, why: `it is a link, and ${target.message}` });
      return;
    }
    const found: Stats | undefined = await lstat(target).catch(() => undefined);
    if (!found?.isFile()) return;
    const way = relative(root, target);
    if (way === '..' || way.startsWith(`..${sep}`))
      this.#problems.push({ name, why: 'it is a link that leads out of the folder; it was not followed' });
    else this.#add({ name, path, named: false });
  }

  #add(file: FoundFile): void {
    const known = this.#files.get(file.name);
    if (!known || (file.named && !known.named)) this.#files.set(file.name, file);
  }

  #isFull(): boolean {
    this.#entries++;
    if (this.#full || (this.#files.size < mostFiles && this.#entries < MOST_ENTRIES)) return this.#full;
    this.#full = true;
    const what = this.#files.size >= mostFiles ? `${mostFiles} files` : `${MOST_ENTRIES} names`;
    this.#problems.push({ name: 'the rest', why: `it was not looked at: there are more than ${what}` });
    return true;
  }
}

interface Place {
  readonly path: string;
  readonly name: string;
  /** The real path that links must not lead out of. */
  readonly root: string;
  readonly segments: readonly string[];
}

/** What is left of a pattern once a name has been met; several where `**` may stand for more or for nothing. */
function steps(segments: readonly string[], name: string, hidden: boolean): readonly (readonly string[])[] {
  const [first, ...rest] = segments;
  if (first === undefined) return [];
  if (first !== '**') return matchesSegment(first, name, hidden) ? [rest] : [];
  if (rest.length === 0) return steps(['**', '*'], name, hidden);
  const deeper = name.startsWith('.') && !hidden ? [] : [segments];
  return [...deeper, ...steps(rest, name, hidden)];
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'its permissions do not allow it',
  EPERM: 'its permissions do not allow it',
  ELOOP: 'its links go round in a circle',
  ENAMETOOLONG: 'its name is too long',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? `the system says ${code || 'no'}`;
}

const slashed = (path: string): string => (sep === '\\' ? path.replaceAll('\\', '/') : path);
const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
