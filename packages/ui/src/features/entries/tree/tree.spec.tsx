// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../../testing/dom.ts';
import { World } from '../../../testing/fake/index.ts';
import { renderConsole } from '../../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };
const tree = (name: RegExp) => screen.findByRole('treegrid', { name }, WAIT);
const rowsOf = (grid: HTMLElement) => within(grid).getAllByRole('row').slice(1);
const current = (grid: HTMLElement) =>
  document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');

describe('the tree of entries', () => {
  it('is chosen by its tab, and the address says so', async () => {
    const { router } = renderConsole('/entries');
    fireEvent.click(await screen.findByRole('tab', { name: 'Tree by path' }, WAIT));
    await tree(/by path/);
    expect(router.state.location.search).toEqual({ view: 'paths' });
    fireEvent.click(screen.getByRole('tab', { name: 'List' }));
    await waitFor(() => expect(router.state.location.search).toEqual({}), WAIT);
  });

  it('opens, enters, leaves and closes a level by the arrows', async () => {
    renderConsole('/entries?view=paths');
    const grid = await tree(/by path/);
    await waitFor(() => expect(rowsOf(grid).length).toBeGreaterThan(3), WAIT);
    const press = (key: string) => fireEvent.keyDown(grid, { key });
    press('ArrowDown');
    expect(current(grid)?.getAttribute('aria-level')).toBe('1');
    expect(current(grid)?.getAttribute('aria-expanded')).toBe('true');
    press('ArrowRight');
    expect(current(grid)?.getAttribute('aria-level')).toBe('2');
    const closed = current(grid)?.textContent;
    expect(current(grid)?.getAttribute('aria-expanded')).toBe('false');
    press('ArrowRight');
    await waitFor(() => expect(current(grid)?.getAttribute('aria-expanded')).toBe('true'), WAIT);
    press('ArrowRight');
    await waitFor(() => expect(current(grid)?.getAttribute('aria-level')).toBe('3'), WAIT);
    press('ArrowLeft');
    expect(current(grid)?.textContent).toBe(closed?.replace('▸', '▾'));
    press('ArrowLeft');
    expect(current(grid)?.getAttribute('aria-expanded')).toBe('false');
    press('ArrowLeft');
    expect(current(grid)?.getAttribute('aria-level')).toBe('1');
  });

  it('keeps what is open in the address, and opens it again from there', async () => {
    const { router } = renderConsole('/entries?view=paths&td=org-a.test');
    const grid = await tree(/by path/);
    const folders = () => rowsOf(grid).filter((row) => row.getAttribute('aria-expanded') === 'false');
    await waitFor(() => expect(folders().length).toBeGreaterThan(1), WAIT);
    const opened = folders()[1];
    const name = opened?.textContent?.replace('▸', '▾');
    fireEvent.click(opened ?? grid);
    await waitFor(
      () =>
        expect(router.state.location.search).toMatchObject({
          open: expect.stringMatching(/^spire-org-a\*\d+:\//),
        }),
      WAIT,
    );
    const { href } = router.state.location;
    const count = await waitFor(() => {
      const inner = rowsOf(grid).filter((row) => row.getAttribute('aria-level') === '3').length;
      expect(inner).toBeGreaterThan(0);
      return inner;
    }, WAIT);
    cleanup();
    renderConsole(href);
    const again = await tree(/by path/);
    await waitFor(() => {
      const rows = rowsOf(again);
      expect(rows.filter((row) => row.getAttribute('aria-level') === '3')).toHaveLength(count);
      const open = rows.filter((row) => row.getAttribute('aria-expanded') === 'true');
      expect(open.at(-1)?.textContent).toBe(name);
    }, WAIT);
    // Another tree is another address.
    fireEvent.click(screen.getByRole('tab', { name: 'Tree by parent' }));
    await tree(/by parent/);
  });

  it('stays closed where the address says that nothing is open', async () => {
    renderConsole('/entries?view=paths&open=-');
    const grid = await tree(/by path/);
    await waitFor(() => expect(rowsOf(grid).length).toBeGreaterThan(0), WAIT);
    expect(rowsOf(grid).every((row) => row.getAttribute('aria-expanded') === 'false')).toBe(true);
  });

  it('opens an entry in the same panel', async () => {
    const { router } = renderConsole('/entries?view=parents');
    const grid = await tree(/by parent/);
    const agent = await within(grid).findAllByRole('row', { name: /agent\b.*Show as list/ }, WAIT);
    const first = agent[0];
    if (!first) throw new Error('no agent');
    fireEvent.click(first);
    const entry = await waitFor(() => {
      const found = rowsOf(grid).find((row) => row.getAttribute('aria-level') === '3');
      if (!found) throw new Error('no entry');
      return found;
    }, WAIT);
    fireEvent.click(entry);
    await screen.findByRole('complementary', {}, WAIT);
    expect(router.state.location.search).toMatchObject({
      view: 'parents',
      id: expect.stringMatching(/^spire-org-a\//),
    });
    await waitFor(() => expect(entry.getAttribute('aria-selected')).toBe('true'), WAIT);
  });

  it('pages through a level of hundreds, and says how many there are', async () => {
    const world = new World(450);
    const [parent] = world.agents;
    for (const entry of world.entries)
      if (parent && entry.connection === parent.connection) entry.parentId = parent.id;
    const below = world.entries.filter((entry) => entry.parentId === parent?.id).length;
    renderConsole('/entries?view=parents&td=org-a.test', world);
    const grid = await tree(/by parent/);
    const row = await within(grid).findByRole(
      'row',
      { name: new RegExp(`${parent?.id.split('/').at(-1)}`) },
      WAIT,
    );
    fireEvent.click(row);
    await waitFor(() => expect(Number(grid.getAttribute('aria-rowcount'))).toBeGreaterThan(below), WAIT);
    fireEvent.keyDown(grid, { key: 'End' });
    await waitFor(() => {
      const last = rowsOf(grid).at(-1);
      expect(last?.getAttribute('aria-rowindex')).toBe(grid.getAttribute('aria-rowcount'));
    }, WAIT);
    expect(rowsOf(grid).length).toBeLessThan(60);
  });

  it('leads from a row to the list of what is under it', async () => {
    const { router } = renderConsole('/entries?view=paths&td=org-a.test');
    const grid = await tree(/by path/);
    const rows = await within(grid).findAllByRole('row', { name: /\/.*Show as list/ }, WAIT);
    const folder = rows.find((row) => row.getAttribute('aria-level') === '2');
    if (!folder) throw new Error('no folder');
    fireEvent.click(within(folder).getByRole('link', { name: 'Show as list' }));
    await screen.findByRole('grid', { name: 'Registration entries' }, WAIT);
    expect(router.state.location.search).toMatchObject({
      td: 'org-a.test',
      path: expect.stringMatching(/^\/.+\/$/),
    });
    expect(router.state.location.search).not.toHaveProperty('view');
  });
});
