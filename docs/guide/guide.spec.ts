import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { views } from '@muster/api';
import { describe, expect, it } from 'vitest';
import { actions } from '../../apps/gateway/src/actions/registry.ts';
import { catalog } from '../../apps/gateway/src/lint/catalog.ts';

/** The guide tells of everything there is, and points at nothing that is not there. */

const root = join(import.meta.dirname, '..', '..');
const pages = [
  join(root, 'README.md'),
  ...readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(import.meta.dirname, name)),
];
const textOf = (page: string) => readFileSync(page, 'utf8');
const whole = pages.map(textOf).join('\n');
const links = pages.flatMap((page) =>
  [...textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/gu)].map(([, link = '']) => ({ page, link })),
);

describe('the guide', () => {
  it('names every view on a command line', () => {
    const missing = Object.keys(views).filter(
      (name) => !new RegExp(`view ${name}(?![\\w-])`, 'u').test(whole),
    );
    expect(missing).toEqual([]);
  });

  it('names every action', () => {
    const named = (name: string) => {
      const [what = '', verb = ''] = name.split('.');
      // A list names what is acted on once: `entry.create`, `.update`.
      return (
        whole.includes(`\`${name}\``) || new RegExp(`\`${what}\\.[^|;\\n]*\`\\.${verb}\``, 'u').test(whole)
      );
    };
    expect(actions.map(({ name }) => name).filter((name) => !named(name))).toEqual([]);
  });

  it('explains every kind of finding', () => {
    expect([...catalog.keys()].filter((code) => !whole.includes(`| \`${code}\` |`))).toEqual([]);
  });

  it('links to files and headings that are there', () => {
    const broken = links.filter(({ page, link }) => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? page : resolve(dirname(page), path);
      if (!statSync(file, { throwIfNoEntry: false })) return true;
      return anchor !== undefined && !headings(file).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('shows every picture, none larger than 200 kB', () => {
    const folder = join(root, 'docs', 'pictures');
    const shown = new Set(links.map(({ page, link }) => resolve(dirname(page), link)));
    const pictures = readdirSync(folder).map((name) => join(folder, name));
    expect(pictures.filter((file) => !shown.has(file))).toEqual([]);
    expect(pictures.filter((file) => statSync(file).size > 200_000)).toEqual([]);
  });
});

/** As GitHub names them in an address. */
function headings(file: string): string[] {
  return [...textOf(file).matchAll(/^#+ (.+)$/gmu)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
