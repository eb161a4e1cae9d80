// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };

describe('the Workload API page', () => {
  it('draws each identity, and has the same facts as a table', async () => {
    renderConsole('/workload');
    const picture = await screen.findByRole('group', { name: 'Rotations over time' }, WAIT);
    expect(within(picture).getAllByRole('button')).toHaveLength(5);
    expect(
      within(picture).getByRole('button', { name: /org-a\.test\/late, X\.509: overdue, 3 renewals seen/ }),
    ).toBeTruthy();
    const table = screen.getByRole('grid', { name: 'Identities' });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.textContent).join('\n')).toMatch(/JWT for billing/);
    expect(rows).toHaveLength(5);
    expect(screen.getByText('· 1 overdue')).toBeTruthy();
  });

  it('says why a socket is not live, and why a token cannot be had', async () => {
    renderConsole('/workload');
    const sockets = await screen.findByRole('list', { name: 'Workload APIs' }, WAIT);
    expect(sockets.textContent).toContain('There is no socket at its address');
    expect(sockets.textContent).toContain('No token for billing: It says it is not available right now.');
  });

  it('keeps filters, tab and selection in the address', async () => {
    const { router } = renderConsole('/workload?state=overdue');
    const table = await screen.findByRole('grid', { name: 'Identities' }, WAIT);
    await waitFor(() => expect(within(table).getAllByRole('row')).toHaveLength(2), WAIT);
    fireEvent.click(screen.getByRole('tab', { name: /Events/ }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ tab: 'events' }), WAIT);
    const events = await screen.findByRole('grid', { name: 'Events' }, WAIT);
    expect(events.textContent).toMatch(/2 min before expiry/);
    expect(events.textContent).toMatch(/5 s too late/);
    fireEvent.click(screen.getByRole('tab', { name: /Bundles/ }));
    expect((await screen.findByRole('grid', { name: 'Bundles' }, WAIT)).textContent).toMatch(/not told yet/);
  });

  it('opens one identity with what happened to it, and leads to its entries and the inspector', async () => {
    const { router } = renderConsole('/workload');
    const picture = await screen.findByRole('group', { name: 'Rotations over time' }, WAIT);
    fireEvent.click(within(picture).getByRole('button', { name: /org-a\.test\/web, X\.509/ }));
    const panel = await screen.findByRole('complementary', {}, WAIT);
    expect(within(panel).getByRole('region', { name: 'What happened' }).textContent).toMatch(/renewed late/);
    expect(within(panel).getByRole('link', { name: 'that give this ID' }).getAttribute('href')).toBe(
      '/entries?q=spiffe://org-a.test/web',
    );
    expect(panel.textContent).toContain('spire-agent api watch');
    fireEvent.click(within(panel).getByRole('button', { name: 'Inspect' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/inspect'), WAIT);
    // S-13: what is handed over is in no address.
    expect(router.state.location.href).toBe('/inspect');
  });
});
