// @vitest-environment jsdom
import { create } from '@bufbuild/protobuf';
import { ActionRecordSchema } from '@muster/api';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { World } from '../../testing/fake/index.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };
const panel = () => screen.findByRole('complementary', {}, WAIT);
const undoButton = (within_: HTMLElement) => within(within_).getByRole('button', { name: 'Undo…' });

describe('a recorded change', () => {
  it('is undone by a plan that a person sees first', async () => {
    renderConsole('/activity');
    fireEvent.click(await screen.findByRole('row', { name: /Change 1 entry/ }, WAIT));
    const detail = await panel();
    await waitFor(() => expect(undoButton(detail).getAttribute('aria-disabled')).toBeNull(), WAIT);
    fireEvent.click(undoButton(detail));
    const dialog = await screen.findByRole('dialog', { name: 'Change 1 entry' }, WAIT);
    const apply = await within(dialog).findByRole('button', { name: 'Change 1 entry' }, WAIT);
    await waitFor(() => expect(apply.dataset['armed']).toBe('true'), WAIT);
    fireEvent.click(apply);
    await within(dialog).findByText(/Applied: 1 done/, {}, WAIT);
  });

  it('says why it cannot be undone, on the button and beside it', async () => {
    renderConsole('/activity?id=r-3');
    const detail = await panel();
    await within(detail).findByRole('button', { name: 'Undo…' }, WAIT);
    expect(undoButton(detail).getAttribute('aria-disabled')).toBe('true');
    expect(within(detail).getAllByText(/Nothing was changed/).length).toBeGreaterThan(1);
    fireEvent.click(undoButton(detail));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('that was undone says so in the list, and leads to the record that did it', async () => {
    const { router } = renderConsole('/activity');
    const row = await screen.findByRole('row', { name: /Create agntcy\/ops\/fleet/ }, WAIT);
    expect(within(row).getByText('undone')).toBeTruthy();
    fireEvent.click(row);
    const link = await within(await panel()).findByRole('link', { name: 'the record that did it' }, WAIT);
    fireEvent.click(link);
    await waitFor(() => expect(router.state.location.search).toEqual({ id: 'r-1' }), WAIT);
    expect((await panel()).textContent).toContain('Invite agntcy/ops/dave');
  });

  it('is opened by a link, however far down the list it stands', async () => {
    const world = new World();
    for (let i = 0; i < 300; i++)
      world.records.push(
        create(ActionRecordSchema, { id: `old-${i}`, title: `Old change ${i}`, state: 'done' }),
      );
    renderConsole('/activity?id=old-299', world);
    expect((await panel()).textContent).toContain('old-299');
    await within(await panel()).findByText('Old change 299', {}, WAIT);
  });

  it('that the end of Muster interrupted says so, and can be undone as far as it got', async () => {
    const world = new World();
    const cut = { id: 'cut', title: 'Invite 50 members', state: 'interrupted', inverse: 'member.remove' };
    world.records.unshift(create(ActionRecordSchema, cut));
    renderConsole('/activity?id=cut', world);
    const detail = await panel();
    expect(await within(detail).findByText('interrupted', {}, WAIT)).toBeTruthy();
    expect(detail.textContent).toContain('Muster ended while it was applied');
    await waitFor(() => expect(undoButton(detail).getAttribute('aria-disabled')).toBeNull(), WAIT);
  });

  it('that is not there is said to be', async () => {
    renderConsole('/activity?id=nobody');
    await within(await panel()).findByText(/no such record/, {}, WAIT);
  });
});
