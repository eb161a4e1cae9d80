// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { FAKE_TOKEN } from '../../testing/fake/agentRoutes.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };
const rows = () => screen.getAllByRole('row').slice(1);
/** Once the connections are read: until then it says that they are. */
const enabled = (name: string) =>
  waitFor(() => {
    const button = screen.getByRole('button', { name });
    expect(button.getAttribute('aria-disabled')).toBeNull();
    return button;
  }, WAIT);
const armed = async (name: string) => {
  const button = await screen.findByRole('button', { name }, WAIT);
  await waitFor(() => expect(button.dataset['armed']).toBe('true'), WAIT);
  return button;
};

describe('Agents', () => {
  it('lists, filters by state, and keeps it in the address', async () => {
    const { router } = renderConsole('/agents');
    await screen.findByRole('row', { name: /node-0/ }, WAIT);
    // The filter, not the heading of the column.
    fireEvent.click(screen.getAllByRole('button', { name: 'State' })[0] ?? document.body);
    fireEvent.click(await screen.findByRole('option', { name: /banned/, hidden: true }, WAIT));
    await waitFor(() => expect(router.state.location.href).toContain('state=banned'), WAIT);
    await waitFor(() => expect(rows()).toHaveLength(1), WAIT);
    expect(rows()[0]?.textContent).toContain('banned');
  });

  it('opens the one that a link names, and says what cannot be known', async () => {
    const { world } = renderConsole('/agents');
    await screen.findByRole('row', { name: /node-0/ }, WAIT);
    fireEvent.click(screen.getByRole('row', { name: /node-0/ }));
    const detail = await screen.findByRole('complementary', {}, WAIT);
    await within(detail).findByText(/7 entries|entries:/, {}, WAIT);
    expect(detail.textContent).toContain('SPIRE does not say when an agent was last seen');
    expect(detail.textContent).toContain('no other agent with a valid SVID could serve');
    expect(within(detail).getByRole('link', { name: 'History' }).getAttribute('href')).toContain(
      `/history?target=${world.agents[0]?.id}`,
    );
    expect(within(detail).getByRole('link', { name: 'Entries under it' }).getAttribute('href')).toContain(
      'parent=',
    );
  });

  it('bans several by plan, one server after another', async () => {
    const { world } = renderConsole('/agents?type=k8s_psat');
    await screen.findByRole('row', { name: /node-0/ }, WAIT);
    const [first, second] = rows();
    fireEvent.click(within(first ?? document.body).getByRole('checkbox'));
    fireEvent.click(within(second ?? document.body).getByRole('checkbox'));
    fireEvent.click(screen.getByRole('button', { name: 'Ban 2…' }));
    const dialog = await screen.findByRole('dialog', {}, WAIT);
    await within(dialog).findByText(/no unban/, {}, WAIT);
    fireEvent.click(await armed(/^Ban \d agents?$/u.exec(dialog.textContent ?? '')?.[0] ?? 'Ban 2 agents'));
    await screen.findByText(/Applied: \d done\./, {}, WAIT);
    expect(world.agents.filter(({ banned }) => banned).length).toBeGreaterThan(1);
  });

  it('says why an agent of a server that may only be read cannot be changed', async () => {
    const { world } = renderConsole('/agents');
    const other = world.agents.find(({ connection }) => connection === 'spire-org-b');
    expect(other).toBeDefined();
    await screen.findByRole('row', { name: /node-0/ }, WAIT);
    fireEvent.click(screen.getByRole('row', { name: new RegExp(other?.id.slice(-8) ?? '') }));
    const detail = await screen.findByRole('complementary', {}, WAIT);
    const ban = await within(detail).findByRole('button', { name: 'Ban…' }, WAIT);
    expect(ban.getAttribute('aria-disabled')).toBe('true');
  });

  it('exports all that match as a file', async () => {
    const saved: string[] = [];
    URL.createObjectURL = () => 'blob:one';
    URL.revokeObjectURL = () => undefined;
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      saved.push(this.download);
    });
    const { world } = renderConsole('/agents?type=k8s_psat');
    const matching = world.agents.filter(({ attestationType }) => attestationType === 'k8s_psat').length;
    await screen.findByRole('row', { name: /node-0/ }, WAIT);
    fireEvent.click(screen.getByRole('button', { name: 'Export…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Export agents' }, WAIT);
    expect(dialog.textContent).toContain('that match the search and the filters');
    fireEvent.click(await within(dialog).findByRole('button', { name: `Export ${matching} agents` }, WAIT));
    await within(dialog).findByText(new RegExp(`Saved ${matching} agents`), {}, WAIT);
    expect(saved[0]).toMatch(/^agents-\d{4}-\d\d-\d\d-\d{6}\.csv$/);
    click.mockRestore();
  });

  it('purges by a list seen before', async () => {
    renderConsole('/agents?td=org-a.test');
    fireEvent.click(await enabled('Purge expired…'));
    const number = await screen.findByRole('textbox', { name: 'Expired for at least' }, WAIT);
    fireEvent.change(number, { target: { value: 'soon' } });
    fireEvent.submit(number.closest('form') ?? document.body);
    await screen.findByText('A whole number is needed, 0 or more.');
    fireEvent.change(number, { target: { value: '0' } });
    fireEvent.submit(number.closest('form') ?? document.body);
    await screen.findByRole('button', { name: 'Purge 1 agent' }, WAIT);
  });
});

describe('Join tokens', () => {
  it('S-14: a token is masked until asked for, and in neither the address nor what is kept', async () => {
    const { router, container } = renderConsole('/agents?td=org-a.test');
    fireEvent.click(await enabled('New join token…'));
    const dialog = await screen.findByRole('dialog', {}, WAIT);
    fireEvent.submit(dialog.querySelector('form') ?? dialog);
    fireEvent.click(await screen.findByRole('button', { name: 'Make 1 join token' }, WAIT));
    await screen.findByText('Shown this once.', {}, WAIT);
    expect(container.innerHTML).not.toContain(FAKE_TOKEN);
    fireEvent.click(screen.getAllByRole('button', { name: 'Show' })[0] ?? document.body);
    expect(container.innerHTML).toContain(FAKE_TOKEN);
    fireEvent.click(screen.getByRole('button', { name: 'Done' }));
    await waitFor(() => expect(router.state.location.href).toContain('tab=tokens'), WAIT);
    await screen.findByText('outstanding', {}, WAIT);
    expect(container.innerHTML).not.toContain(FAKE_TOKEN);
    expect(router.state.location.href).not.toContain(FAKE_TOKEN);
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain(FAKE_TOKEN);
  });

  it('says what would be here', async () => {
    renderConsole('/agents?tab=tokens');
    await screen.findByText('No join tokens made here', {}, WAIT);
    expect(screen.getByText(/can neither list nor revoke join tokens/)).toBeTruthy();
  });
});
