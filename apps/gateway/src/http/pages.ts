import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { pathOf } from './gatekeeper.ts';
import { SECURITY_HEADERS } from './headers.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

interface File {
  type: string;
  body: Buffer;
}

/** The built page, read once into memory: a request's path is looked up, never opened (S-17). */
export class Pages {
  readonly #files: ReadonlyMap<string, File>;

  private constructor(files: ReadonlyMap<string, File>) {
    this.#files = files;
  }

  /** Reads every file of a known type below `folder`; none when the folder is not there. */
  static async read(folder: string): Promise<Pages> {
    const files = new Map<string, File>();
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || !type) continue;
      const file = join(entry.parentPath, entry.name);
      files.set(`/${relative(folder, file).split(sep).join('/')}`, { type, body: await readFile(file) });
    }
    return new Pages(files);
  }

  get built(): boolean {
    return this.#files.has('/index.html');
  }

  /** Serves a file, or the page itself for one of its own addresses such as /entries. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request.url ?? '');
    const ownAddress = /^\/(?:[a-z][a-z0-9-]*(?:\/[a-z][a-z0-9-]*)*)?$/.test(path);
    const file = this.#files.get(path) ?? (ownAddress ? this.#files.get('/index.html') : undefined);
    const found = file ?? {
      type: 'text/plain; charset=utf-8',
      body: Buffer.from('There is nothing here.\n'),
    };
    response.writeHead(file ? 200 : 404, {
      ...SECURITY_HEADERS,
      'content-type': found.type,
      'content-length': found.body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : found.body);
  }
}
