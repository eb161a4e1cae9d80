// @vitest-environment jsdom
import { EntryState } from '@muster/api';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { World } from '../../testing/fake/index.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };
const grid = () => screen.findByRole('grid', { name: 'Registration entries' }, WAIT);
const firstRows = async (name: RegExp) => within(await grid()).findAllByRole('row', { name }, WAIT);

describe('Entries', () => {
  it('says how many there are and as of when, and shows the state in words', async () => {
    renderConsole('/entries');
    await firstRows(/org-a\.test/);
    expect(screen.getByRole('heading', { level: 1 }).parentElement?.textContent).toMatch(
      /Entries220 · as of \d+ s ago/,
    );
    expect((await grid()).getAttribute('aria-rowcount')).toBe('221');
    expect(screen.getAllByText('node alias').length).toBeGreaterThan(0);
  });

  it('searches, and the address holds it', async () => {
    const { router } = renderConsole('/entries');
    await firstRows(/org-a\.test/);
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search entries' }), {
      target: { value: 'ledger' },
    });
    await waitFor(() => expect(router.state.location.search).toMatchObject({ q: 'ledger' }), WAIT);
    await waitFor(async () => {
      const rows = within(await grid())
        .getAllByRole('row')
        .slice(1);
      expect(rows.every((row) => row.textContent?.includes('ledger'))).toBe(true);
    }, WAIT);
    expect(screen.getByText(/of 220/)).toBeTruthy();
  });

  it('opens from the address what was open, and filters as it says', async () => {
    const world = new World();
    const banned = world.entries.find((entry) => entry.state === EntryState.AGENT_BANNED);
    renderConsole(`/entries?state=agent-banned&td=org-a.test&id=${banned?.connection}/${banned?.id}`, world);
    const detail = await screen.findByRole('complementary', {}, WAIT);
    await within(detail).findByText('agent banned', {}, WAIT);
    expect(detail.textContent).toContain('Its agent was banned.');
    expect(detail.textContent).toContain(`-entryID ${banned?.id}`);
    const rows = await firstRows(/agent banned/);
    expect(rows.length).toBe(within(await grid()).getAllByRole('row').length - 1);
  });

  it('says that an entry is gone instead of showing nothing', async () => {
    renderConsole('/entries?id=spire-org-a/no-such-entry');
    const alert = await screen.findByRole('alert', {}, WAIT);
    expect(alert.textContent).toContain('It is not there.');
    expect(alert.textContent).toContain('no-such-entry');
  });

  it('says what an empty list means and how to leave it', async () => {
    const { router } = renderConsole('/entries?q=nobody-has-this');
    fireEvent.click(await screen.findByRole('button', { name: 'Clear search and filters' }, WAIT));
    await waitFor(() => expect(router.state.location.search).toEqual({}), WAIT);
    await firstRows(/org-a\.test/);
  });

  it('shows a refusal with the server’s words', async () => {
    renderConsole('/entries?q=fail:denied');
    const alert = await screen.findByRole('alert', {}, WAIT);
    expect(alert.textContent).toContain('You are not allowed to do this.');
  });

  it('ticks by x and deletes what is ticked, after its plan', async () => {
    const { world } = renderConsole('/entries');
    await firstRows(/org-a\.test/);
    const list = await grid();
    for (const key of ['ArrowDown', 'x', 'ArrowDown', 'x']) fireEvent.keyDown(list, { key });
    fireEvent.click(await screen.findByRole('button', { name: 'Delete 2…' }));
    const apply = await screen.findByRole('button', { name: 'Delete 2 entries' }, WAIT);
    await waitFor(() => expect(apply.dataset['armed']).toBe('true'), WAIT);
    fireEvent.click(apply);
    fireEvent.click(await screen.findByRole('button', { name: 'Done' }, WAIT));
    expect(world.entries).toHaveLength(218);
    await waitFor(async () => expect((await grid()).getAttribute('aria-rowcount')).toBe('219'), WAIT);
  });

  it('disables what the server does not let us do, with its reason', async () => {
    const world = new World();
    const theirs = world.entries.find((entry) => entry.connection === 'spire-org-b');
    renderConsole(`/entries?id=spire-org-b/${theirs?.id}`, world);
    const edit = await screen.findByRole('button', { name: 'Edit' }, WAIT);
    await waitFor(
      () =>
        expect(document.getElementById(edit.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
          'lets it read only',
        ),
      WAIT,
    );
  });
});
