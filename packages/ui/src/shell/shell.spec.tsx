// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../testing/dom.ts';
import { World } from '../testing/fake/index.ts';
import { renderConsole } from '../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };

describe('the frame', () => {
  it('counts, and says in red only what needs a person', async () => {
    renderConsole('/');
    const nav = await screen.findByRole('navigation', { name: 'Pages' }, WAIT);
    await within(nav).findByText('220', {}, WAIT);
    expect(within(nav).getByRole('link', { name: /Agents/ }).textContent).toBe(
      'Agents2 expired or banned of 24',
    );
    expect(screen.getByText('practice')).toBeTruthy();
    expect(screen.getByRole('link', { name: /connections/ }).textContent).toContain('1 degraded');
  });

  it('keeps the trust domain in scope from page to page', async () => {
    const { router } = renderConsole('/?td=org-b.test');
    const nav = await screen.findByRole('navigation', { name: 'Pages' }, WAIT);
    await within(nav).findByText('44', {}, WAIT);
    fireEvent.click(within(nav).getByRole('link', { name: /Entries/ }));
    await waitFor(() => expect(router.state.location.href).toBe('/entries?td=org-b.test'), WAIT);
  });

  it('finds anything by Ctrl K', async () => {
    const { router } = renderConsole('/');
    await screen.findByRole('navigation', { name: 'Pages' }, WAIT);
    fireEvent.keyDown(window, { key: 'k', ctrlKey: true });
    const box = await screen.findByRole('combobox', {}, WAIT);
    fireEvent.change(box, { target: { value: 'sess' } });
    fireEvent.keyDown(box, { key: 'Enter' });
    await waitFor(() => expect(router.state.location.pathname).toBe('/sessions'), WAIT);
    fireEvent.keyDown(window, { key: 'k', ctrlKey: true });
    fireEvent.change(await screen.findByRole('combobox'), { target: { value: 'fleet' } });
    const option = await screen.findByRole('option', { name: /agntcy\/ops\/fleet/ }, WAIT);
    fireEvent.click(option);
    await waitFor(
      () => expect(router.state.location.search).toEqual({ channel: 'node-1/agntcy/ops/fleet' }),
      WAIT,
    );
  });

  it('says that a page is not there', async () => {
    renderConsole('/no-such-page');
    expect(await screen.findByText('There is no such page', {}, WAIT)).toBeTruthy();
  });
});

describe('a malicious server', () => {
  const PAYLOADS = [
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    'javascript:alert(1)',
    '{{constructor.constructor("alert(1)")()}}',
    '</style><style>*{display:none}',
    '<svg onload=alert(1)>',
    '\u001b[31mred\u001b[0m',
    '\u202Etxt.exe',
    'a\u200Bb',
    'x'.repeat(200_000),
  ];
  it.each(PAYLOADS)('gets its text shown as text: %#', async (payload) => {
    const world = new World(3);
    for (const entry of world.entries) {
      entry.hint = payload;
      entry.stateReason = payload;
      entry.dnsNames = [payload];
      entry.selectors = [{ $typeName: 'muster.v1.Selector', type: payload.slice(0, 50), value: payload }];
      entry.spiffeId = `spiffe://org-a.test/${payload}`;
    }
    const first = world.entries[0];
    const { container } = renderConsole(`/entries?id=${first?.connection}/${first?.id}`, world);
    await screen.findByText('Entry ID', {}, WAIT);
    for (const tag of ['script', 'img', 'iframe', 'object', 'style', 'svg[onload]', '[onerror]'])
      expect(container.querySelector(tag)).toBeNull();
    for (const link of container.querySelectorAll('a')) expect(link.getAttribute('href')).toMatch(/^[/#]/);
    expect(container.textContent).not.toMatch(/[\u001b\u202e\u200b]/);
  });
});
