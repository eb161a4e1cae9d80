import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The rules of DESIGN §3, held by reading every import of the checkout. */

const root = import.meta.dirname;
const SOURCES = ['apps', 'packages', 'realstack', 'e2e', 'bench'];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const files = SOURCES.flatMap((folder) => sourcesBelow(join(root, folder))).map((file) =>
  relative(root, file).split(sep).join('/'),
);
const generated = (file: string) => file.includes('/gen/');
const spec = (file: string) => /\.spec\.tsx?$/.test(file) || file.includes('/testing/');
const own = files.filter((file) => !generated(file));
const imports = own.flatMap(importsOf);
const shipped = imports.filter((i) => !spec(i.from));

describe('imports', () => {
  const allowed: Record<string, string[]> = {
    'packages/domain': [],
    'packages/api': ['packages/domain'],
    'packages/wire': [],
    'packages/ui': ['packages/api', 'packages/domain'],
    'packages/practice': ['packages/domain', 'packages/wire'],
    'apps/gateway': ['packages/api', 'packages/domain', 'packages/wire', 'packages/practice'],
    'apps/cli': ['packages/api', 'packages/domain'],
    'apps/web': ['packages/ui'],
    'apps/desktop': ['packages/ui'],
  };
  const home = (file: string) => Object.keys(allowed).find((folder) => file.startsWith(`${folder}/`));

  it('point one way', () => {
    const wrong = shipped.filter(({ from, to }) => {
      const [here, there] = [home(from), home(to)];
      return here && there && here !== there && !allowed[here]?.includes(there);
    });
    expect(wrong).toEqual([]);
  });

  it('never reach from a feature into another', () => {
    const feature = (file: string) => /^packages\/ui\/src\/features\/([^/]+)\//.exec(file)?.[1];
    expect(
      shipped.filter(({ from, to }) => feature(from) && feature(to) && feature(from) !== feature(to)),
    ).toEqual([]);
  });

  it('bring upstream wire types only to upstream/, the practice network and tests', () => {
    const wire = shipped.filter(({ to }) => to.startsWith('packages/wire/'));
    const places = /^(packages\/practice\/|packages\/wire\/|apps\/gateway\/src\/upstream\/)/;
    expect(wire.filter(({ from }) => !places.test(from))).toEqual([]);
  });

  it('bring the contract’s calls to a feature only in its queries.ts and watch.ts', () => {
    const callers = own.filter(
      (file) =>
        file.startsWith('packages/ui/src/features/') && !spec(file) && /@connectrpc\//.test(read(file)),
    );
    expect(callers.filter((file) => !/\/(queries|watch)\.tsx?$/.test(file))).toEqual([]);
  });

  it('bring no Node to what a browser runs', () => {
    const browser = /^(packages\/(domain|api|ui)|apps\/web)\/src\//;
    const wrong = own.filter((file) => browser.test(file) && !spec(file) && /from 'node:/.test(read(file)));
    expect(wrong).toEqual([]);
  });

  it('make no cycle at run time', () => {
    const graph = new Map<string, string[]>();
    for (const { from, to, typeOnly } of shipped)
      if (!typeOnly) graph.set(from, [...(graph.get(from) ?? []), to]);
    expect(cycleIn(graph)).toEqual([]);
  });
});

describe('files', () => {
  it('have at most 500 lines, or a reason in them', () => {
    const styles = SOURCES.flatMap((folder) => sourcesBelow(join(root, folder), /\.css$/)).map((file) =>
      relative(root, file),
    );
    const long = [...own, ...styles].filter((file) => {
      const text = read(file);
      return text.split('\n').length > 500 && !text.includes('Long because:');
    });
    expect(long).toEqual([]);
  });

  it('have no `any`', () => {
    const any = own.filter((file) => /(?::|\bas|<)\s*any\b(?!\s+[a-z])/.test(withoutComments(read(file))));
    expect(any).toEqual([]);
  });

  it('S-11: write no markup from data', () => {
    const sinks =
      /dangerouslySetInnerHTML|\.innerHTML\s*=|\.outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\(/;
    const ui = own.filter((file) => /^(packages\/ui|apps\/web)\//.test(file) && !spec(file));
    expect(ui.filter((file) => sinks.test(withoutComments(read(file))))).toEqual([]);
  });

  it('S-03 S-23: switch no protection off', () => {
    const off = /rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|Access-Control-Allow-/i;
    expect(own.filter((file) => !spec(file) && off.test(withoutComments(read(file))))).toEqual([]);
  });
});

function sourcesBelow(folder: string, names = /\.tsx?$/): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist'].includes(entry.name) ? [] : sourcesBelow(path, names);
    return names.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
}

function importsOf(from: string): Import[] {
  const found: Import[] = [];
  const text = withoutComments(read(from));
  for (const m of text.matchAll(/\b(import|export)\s+(type\s+)?([^'"();]*?\bfrom\s*)?['"]([^'"]+)['"]/g)) {
    const to = resolve(from, m[4] ?? '');
    if (to) found.push({ from, to, typeOnly: m[2] !== undefined || onlyTypes(m[3] ?? '') });
  }
  for (const m of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) {
    const to = resolve(from, m[1] ?? '');
    // A dynamic import runs later: it closes no cycle at load time.
    if (to) found.push({ from, to, typeOnly: true });
  }
  return found;
}

function onlyTypes(clause: string): boolean {
  const names = /\{([^}]*)\}/.exec(clause)?.[1];
  return (
    names !== undefined && names.split(',').every((name) => !name.trim() || name.trim().startsWith('type '))
  );
}

function resolve(from: string, to: string): string | undefined {
  if (to.startsWith('.')) return posix.join(dirname(from).split(sep).join('/'), to);
  const [, name = '', ...rest] = to.split('/');
  if (!to.startsWith('@muster/')) return undefined;
  const folder = existsSync(join(root, 'packages', name)) ? `packages/${name}` : `apps/${name}`;
  if (rest.length === 0) return `${folder}/src/index.ts`;
  return rest[0] === 'gen' ? `${folder}/src/${rest.join('/')}` : `${folder}/src/${rest.join('/')}.ts`;
}

function cycleIn(graph: ReadonlyMap<string, string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

describe('the repository', () => {
  it('holds no private key that is not marked as a throw-away', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
    const keys = tracked.filter(
      (file) =>
        existsSync(join(root, file)) &&
        /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\n[A-Za-z0-9+/]{40}/.test(read(file)) &&
        !/throw-away/i.test(read(file)),
    );
    expect(keys).toEqual([]);
  });
});
