// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { World } from '../../testing/fake/index.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { cloneInput } from './draft.ts';

prepareDom();
const WAIT = { timeout: 8000 };

describe('Clone', () => {
  it('shows the copies as they would be, for each parent, and plans them', async () => {
    const world = new World();
    const ids = world.entries
      .filter((one) => one.connection === 'spire-org-a')
      .slice(0, 2)
      .map(({ id }) => id);
    renderConsole(`/entries/clone?connection=spire-org-a&ids=${ids.join()}`, world);
    await screen.findByText(/2 × 1 = 2 copies/, {}, WAIT);
    const parents = screen.getByLabelText('Parents optional');
    for (const name of ['h1', 'h2', 'h3']) {
      fireEvent.change(parents, { target: { value: `spiffe://org-a.test/${name}` } });
      fireEvent.keyDown(parents, { key: 'Enter' });
    }
    await screen.findByText(/2 × 3 = 6 copies/, {}, WAIT);
    fireEvent.change(parents, { target: { value: 'no id' } });
    fireEvent.keyDown(parents, { key: 'Enter' });
    expect(screen.getByRole('alert')).toBeTruthy();
    await waitFor(
      () =>
        expect(screen.getByRole('button', { name: 'Review plan' }).getAttribute('aria-disabled')).toBeNull(),
      WAIT,
    );
    fireEvent.click(screen.getByRole('button', { name: 'Review plan' }));
    await screen.findByRole('button', { name: 'Create 6 entries' }, WAIT);
  });

  it('says how to get here when nothing is chosen', async () => {
    renderConsole('/entries/clone');
    await screen.findByText('No entry is chosen', {}, WAIT);
  });
});

it('sends what is filled in, and nothing else', () => {
  expect(cloneInput('a', ['1'], 'a', [], [{ find: '', with: 'x', in: '' }])).toEqual({
    connection: 'a',
    ids: ['1'],
  });
  expect(cloneInput('a', ['1'], 'b', ['p'], [{ find: 'x', with: '{n}', in: 'hint' }])).toEqual({
    connection: 'a',
    ids: ['1'],
    to: 'b',
    parents: ['p'],
    replace: [{ find: 'x', with: '{n}', in: ['hint'] }],
  });
});
