// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useLists } from '../../stores/lists.ts';
import { prepareDom } from '../../testing/dom.ts';
import { World } from '../../testing/fake/index.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };
const grid = () => screen.findByRole('grid', { name: 'Registration entries' }, WAIT);
const firstRows = async (name = /org-a\.test/) => within(await grid()).findAllByRole('row', { name }, WAIT);
const heads = async () =>
  within(await grid())
    .getAllByRole('columnheader')
    .map((head) => head.textContent?.replace(/ [↑↓]$/, ''));

beforeEach(() => useLists.setState({ columns: {}, saved: {} }));

describe('a long list', () => {
  it('reads the end of it by End, and shows skeletons until then, never other rows', async () => {
    const world = new World(450);
    const last = world.entries
      .map((entry) => entry.spiffeId)
      .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1);
    renderConsole('/entries', world);
    await firstRows();
    fireEvent.keyDown(await grid(), { key: 'End' });
    const path = last?.replace(/^spiffe:\/\/[^/]+/, '') ?? '?';
    await waitFor(async () => {
      const rows = within(await grid()).getAllByRole('row');
      expect(rows.at(-1)?.textContent).toContain(path);
      expect(rows.at(-1)?.getAttribute('aria-rowindex')).toBe('451');
    }, WAIT);
    expect(within(await grid()).getAllByRole('row').length).toBeLessThan(60);
  });

  it('begins at its top when another question is asked', async () => {
    renderConsole('/entries', new World(450));
    await firstRows();
    fireEvent.keyDown(await grid(), { key: 'End' });
    await waitFor(async () => expect((await grid()).scrollTop).toBeGreaterThan(10_000), WAIT);
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search entries' }), {
      target: { value: 'ledger' },
    });
    await screen.findByText(/ of 450/, {}, WAIT);
    await waitFor(async () => expect((await grid()).scrollTop).toBe(0), WAIT);
    expect(
      within(await grid())
        .getAllByRole('row')[1]
        ?.getAttribute('aria-rowindex'),
    ).toBe('2');
  });
});

describe('columns', () => {
  it('are chosen, kept, and put back', async () => {
    const { unmount } = renderConsole('/entries');
    await firstRows();
    expect(await heads()).toEqual(['Selected', 'SPIFFE ID', 'Selectors', 'Parent', 'Expires', 'State']);
    fireEvent.click(screen.getByRole('button', { name: 'Columns' }));
    const menu = within(screen.getByRole('group', { name: 'Columns', hidden: true }));
    expect(menu.getAllByRole('checkbox', { hidden: true })).toHaveLength(15);
    expect(menu.getByRole<HTMLInputElement>('checkbox', { name: 'SPIFFE ID', hidden: true }).disabled).toBe(
      true,
    );
    fireEvent.click(menu.getByRole('checkbox', { name: 'JWT TTL', hidden: true }));
    fireEvent.click(menu.getByRole('checkbox', { name: 'Parent', hidden: true }));
    const chosen = ['Selected', 'SPIFFE ID', 'Selectors', 'JWT TTL', 'Expires', 'State'];
    expect(await heads()).toEqual(chosen);
    unmount();
    renderConsole('/entries');
    await firstRows();
    expect(await heads()).toEqual(chosen);
    fireEvent.click(screen.getByRole('button', { name: 'Columns' }));
    fireEvent.click(screen.getByRole('button', { name: 'Usual columns', hidden: true }));
    expect(await heads()).toContain('Parent');
  });

  it('sort by every field that has an order, and the address says by which', async () => {
    useLists.setState({ columns: { entries: ['id', 'hint', 'dns', 'revision', 'connection'] } });
    const { router } = renderConsole('/entries');
    await firstRows();
    for (const [name, id] of [
      ['Hint', 'hint'],
      ['DNS names', 'dns'],
      ['Revision', 'revision'],
    ]) {
      fireEvent.click(screen.getByRole('button', { name }));
      await waitFor(() => expect(router.state.location.search).toMatchObject({ sort: id }), WAIT);
    }
    // SPIRE IDs are in the order of trust domains; by connection there is none.
    expect(screen.queryByRole('button', { name: 'Connection' })).toBeNull();
  });
});

describe('filters', () => {
  it('combine, and are taken away one by one or all at once', async () => {
    const { router } = renderConsole('/entries?state=served&flags=admin,dns&path=/ns/&td=org-a.test');
    await grid();
    const search = () => router.state.location.search as Record<string, string>;
    for (const name of [
      'Clear State',
      'Clear Admin',
      'Clear Has DNS names',
      'Clear Path',
      'Clear Trust domain',
    ])
      expect(await screen.findByRole('button', { name }, WAIT)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Clear Admin' }));
    await waitFor(() => expect(search()['flags']).toBe('dns'), WAIT);
    fireEvent.click(screen.getByRole('button', { name: 'Flags' }));
    fireEvent.click(screen.getByRole('option', { name: 'Downstream', hidden: true }));
    await waitFor(() => expect(search()['flags']).toBe('dns,downstream'), WAIT);
    fireEvent.click(screen.getByRole('button', { name: 'Clear all' }));
    await waitFor(() => expect(search()).toEqual({}), WAIT);
    expect(screen.queryByRole('button', { name: 'Clear all' })).toBeNull();
  });

  it('take a path and a parent that are typed, and nothing that is none', async () => {
    const { router } = renderConsole('/entries');
    await firstRows();
    const type = (chip: string, text: string) => {
      // A column may have the name of a filter.
      const [button] = screen.getAllByRole('button', { name: chip });
      if (button) fireEvent.click(button);
      const box = screen.getByRole('textbox', { name: `Find ${chip}`, hidden: true });
      fireEvent.change(box, { target: { value: text } });
      fireEvent.keyDown(box, { key: 'Enter' });
    };
    type('Path', 'ns/payments');
    await waitFor(() => expect(router.state.location.search).toMatchObject({ path: '/ns/payments/' }), WAIT);
    type('Parent', 'not an id');
    expect(router.state.location.search).not.toHaveProperty('parent');
    fireEvent.keyDown(screen.getByRole('textbox', { name: 'Find Parent', hidden: true }), { key: 'Escape' });
    type('Parent', 'spiffe://org-a.test/somebody');
    await waitFor(
      () => expect(router.state.location.search).toMatchObject({ parent: 'spiffe://org-a.test/somebody' }),
      WAIT,
    );
  });
});

describe('saved searches', () => {
  it('are named, applied, renamed and deleted', async () => {
    const { router } = renderConsole('/entries?q=ledger&sort=expires&desc=1&id=spire-org-a/x');
    await grid();
    const openMenu = async () => fireEvent.click(await screen.findByRole('button', { name: /^Saved/ }, WAIT));
    const name = async (text: string, button: string) => {
      fireEvent.change(await screen.findByRole('textbox', { name: 'Name' }), { target: { value: text } });
      fireEvent.click(screen.getByRole('button', { name: button }));
    };
    await openMenu();
    fireEvent.click(screen.getByRole('button', { name: 'Save this search…', hidden: true }));
    await name('The ledger', 'Save');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Saved: The ledger' })).toBeTruthy());
    // What is open is not part of a search.
    expect(useLists.getState().saved['entries']).toEqual([
      { name: 'The ledger', search: { q: 'ledger', sort: 'expires', desc: '1' } },
    ]);
    expect(JSON.parse(localStorage.getItem('muster-lists') ?? '{}')).toMatchObject({
      state: { saved: { entries: [{ name: 'The ledger' }] } },
    });
    await router.navigate({ href: '/entries?state=served' });
    await openMenu();
    fireEvent.click(screen.getByRole('button', { name: 'The ledger', hidden: true }));
    await waitFor(
      () => expect(router.state.location.search).toEqual({ q: 'ledger', sort: 'expires', desc: '1' }),
      WAIT,
    );
    await openMenu();
    fireEvent.click(screen.getByRole('button', { name: 'Rename The ledger', hidden: true }));
    await name('Ledgers', 'Rename');
    await openMenu();
    fireEvent.click(screen.getByRole('button', { name: 'Delete Ledgers', hidden: true }));
    expect(useLists.getState().saved['entries']).toEqual([]);
  });

  it('say why there is nothing to save', async () => {
    renderConsole('/entries');
    await firstRows();
    fireEvent.click(screen.getByRole('button', { name: 'Saved searches' }));
    const save = screen.getByRole('button', { name: 'Save this search…', hidden: true });
    expect(save.getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByText(/keeps the search, the filters and the order/)).toBeTruthy();
  });
});

describe('exporting', () => {
  const saved: { name: string; blob: Blob }[] = [];
  beforeEach(() => {
    saved.length = 0;
    let blob = new Blob();
    URL.createObjectURL = (made) => {
      blob = made as Blob;
      return 'blob:one';
    };
    URL.revokeObjectURL = () => undefined;
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, blob });
    });
  });

  it('saves all that match, not only what has been read', async () => {
    renderConsole('/entries', new World(450));
    await firstRows();
    fireEvent.click(screen.getByRole('button', { name: 'Export…' }));
    fireEvent.click(screen.getByRole('radio', { name: /spire-server data/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Export 450 entries' }));
    await screen.findByText(/Saved 450 entries as/, {}, WAIT);
    expect(saved[0]?.name).toMatch(/^entries-\d{4}-\d\d-\d\d-\d{6}\.json$/);
    const file = JSON.parse((await saved[0]?.blob.text()) ?? '') as { entries: unknown[] };
    expect(file.entries).toHaveLength(450);
  });

  it('exports what the filters say', async () => {
    const world = new World();
    const admins = world.entries.filter((entry) => entry.admin).length;
    renderConsole('/entries?flags=admin', world);
    await grid();
    fireEvent.click(screen.getByRole('button', { name: 'Export…' }));
    const named = admins === 1 ? '1 entry' : `${admins} entries`;
    fireEvent.click(await screen.findByRole('button', { name: `Export ${named}` }, WAIT));
    await screen.findByText(new RegExp(`Saved ${named}`), {}, WAIT);
    expect((await saved[0]?.blob.text())?.split('\r\n')).toHaveLength(admins + 1);
  });

  it('shows progress, and saves nothing when it is cancelled', async () => {
    const world = new World();
    world.slowExport = true;
    renderConsole('/entries', world);
    await firstRows();
    fireEvent.click(screen.getByRole('button', { name: 'Export…' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Export 220 entries' }));
    const bar = await screen.findByRole('progressbar', { name: 'Export' }, WAIT);
    await waitFor(() => expect(Number(bar.getAttribute('value'))).toBeGreaterThan(0), WAIT);
    expect(screen.getByText(/^\d+ of 1\s000$/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.queryByRole('progressbar', { name: 'Export' })).toBeNull();
    expect(await screen.findByRole('button', { name: 'Export 220 entries' })).toBeTruthy();
    expect(saved).toEqual([]);
  });

  it('has nothing to save where nothing matches, and says so', async () => {
    renderConsole('/entries?q=nobody-has-this');
    await grid();
    fireEvent.click(screen.getByRole('button', { name: 'Export…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Export entries' });
    const go = within(dialog).getByRole('button', { name: /^Export / });
    await waitFor(() => expect(go.getAttribute('aria-disabled')).toBe('true'), WAIT);
    expect(within(dialog).getByText(/nothing to export/)).toBeTruthy();
  });
});

describe('the keys', () => {
  it('are told by ?, those of the page first, and not while something is typed', async () => {
    renderConsole('/entries');
    await firstRows();
    fireEvent.keyDown(screen.getByRole('searchbox', { name: 'Search entries' }), { key: '?' });
    expect(screen.queryByRole('dialog', { name: 'Keys' })).toBeNull();
    fireEvent.keyDown(document.body, { key: '?' });
    const sheet = within(await screen.findByRole('dialog', { name: 'Keys' }));
    expect(sheet.getAllByRole('heading', { level: 3 }).map((head) => head.textContent)).toEqual([
      'Entries',
      'Tree',
      'Everywhere',
    ]);
    fireEvent.click(sheet.getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('dialog', { name: 'Keys' })).toBeNull();
  });
});
