// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { fakeTransport, World } from '../../testing/fake/index.ts';
import { REFUSED_ITEM, REFUSED_PLAN } from '../../testing/fake/actionRoutes.ts';
import { prepareDom } from '../../testing/dom.ts';
import { renderWith } from '../../testing/renderConsole.tsx';
import { PlanReview } from './PlanReview.tsx';

prepareDom();

function review(action: string, input: Parameters<typeof PlanReview>[0]['input'], world = new World()) {
  const onDone = vi.fn();
  const onCancel = vi.fn();
  renderWith(
    <PlanReview action={action} input={input} onDone={onDone} onCancel={onCancel} />,
    fakeTransport(world),
  );
  return { onDone, onCancel, world };
}
const armed = async (name: string) => {
  const button = await screen.findByRole('button', { name });
  await waitFor(() => expect(button.dataset['armed']).toBe('true'));
  return button;
};
const create = (hint = '') => ({
  connection: 'spire-org-a',
  entries: [
    {
      spiffe_id: 'spiffe://org-a.test/new',
      parent_id: 'spiffe://org-a.test/spire/agent/x',
      selectors: ['unix:uid:1'],
      hint,
    },
  ],
});

describe('PlanReview', () => {
  it('shows the change, who is affected and the command before anything is sent', async () => {
    const { world } = review('entry.create', create());
    await screen.findByRole('button', { name: 'Create 1 entry' });
    const text = screen.getByRole('dialog').textContent ?? '';
    for (const part of [
      'spiffe://org-a.test/new',
      'unix:uid:1',
      'usually within 10 seconds',
      'spire-server entry create',
      'spire-org-a',
    ])
      expect(text).toContain(part);
    expect(world.entries).toHaveLength(220);
  });

  it('destroys nothing in its first half second, and never by default', async () => {
    const world = new World();
    const id = world.entries[1]?.id ?? '';
    review('entry.delete', { connection: 'spire-org-a', ids: [id] }, world);
    const button = await screen.findByRole('button', { name: 'Delete 1 entry' });
    expect(button.className).toContain('danger');
    expect(document.activeElement).not.toBe(button);
    fireEvent.click(button);
    expect(world.entries).toHaveLength(220);
    fireEvent.click(await armed('Delete 1 entry'));
    await screen.findByText('Applied: 1 done.');
    expect(world.entries).toHaveLength(219);
    // What was planned is not planned again only because it was applied.
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('undoes by the inverse, as a plan of its own', async () => {
    const { onDone, world } = review('entry.create', create());
    fireEvent.click(await armed('Create 1 entry'));
    fireEvent.click(await screen.findByRole('button', { name: 'Undo…' }));
    expect(world.entries).toHaveLength(221);
    fireEvent.click(await armed('Delete 1 entry'));
    await screen.findByText('Applied: 1 done.');
    expect(world.entries).toHaveLength(220);
    fireEvent.click(screen.getByRole('button', { name: 'Done' }));
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('says why no plan could be made, and leaves the input with its owner', async () => {
    const { onCancel } = review('entry.create', create(REFUSED_PLAN));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The server refused the input.');
    expect(alert.textContent).toContain('entries[0].spiffe_id');
    fireEvent.click(screen.getByRole('button', { name: 'Back, keep what I typed' }));
    expect(onCancel).toHaveBeenCalledOnce();
  });

  it('shows what the server refused, item by item, with nothing to undo', async () => {
    review('entry.create', create(REFUSED_ITEM));
    fireEvent.click(await armed('Create 1 entry'));
    await screen.findByText('Applied: 0 done, 1 refused.');
    expect(screen.getByRole('list', { name: 'Results' }).textContent).toContain(
      'similar entry already exists',
    );
    expect(screen.queryByRole('button', { name: 'Undo…' })).toBeNull();
  });
});
