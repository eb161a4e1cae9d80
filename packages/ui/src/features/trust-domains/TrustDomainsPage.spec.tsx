import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };

describe('Trust domains', () => {
  it('lists bundles, and opens one with its keys, its other copies and its downloads', async () => {
    const { router } = renderConsole('/trust-domains');
    fireEvent.click(await screen.findByRole('row', { name: /partner\.test/ }, WAIT));
    const detail = await screen.findByRole('complementary', {}, WAIT);
    expect(router.state.location.search).toMatchObject({ name: 'spire-org-a/partner.test' });
    expect(detail.textContent).toContain('CN=org-a.test');
    expect(detail.textContent).toContain('expiry unknown: a bundle that was fetched');
    expect(detail.textContent).toContain('7 federate with it');
    for (const name of ['Download JSON', 'Download PEM', 'Replace…', 'Delete…'])
      expect(within(detail).getByRole('button', { name })).toBeTruthy();
    expect(
      await within(detail).findByText('No other server here has a bundle of it.', {}, WAIT),
    ).toBeTruthy();
  });

  it('offers no way to replace or delete the own bundle of a server', async () => {
    renderConsole('/trust-domains?name=spire-org-a/org-a.test');
    const detail = await screen.findByRole('complementary', {}, WAIT);
    expect(within(detail).queryByRole('button', { name: 'Delete…' })).toBeNull();
    expect(within(detail).queryByRole('button', { name: 'Replace…' })).toBeNull();
  });

  it('compares two copies by the address, and swaps them', async () => {
    const { router } = renderConsole(
      '/trust-domains?tab=compare&left=spire-org-b/org-b.test&right=spire-org-a/org-b.test',
    );
    expect(await screen.findByText('1 JWT key on the left only.', {}, WAIT)).toBeTruthy();
    expect(screen.getByText('left only')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Swap left and right' }));
    await waitFor(() =>
      expect(router.state.location.search).toMatchObject({
        left: 'spire-org-a/org-b.test',
        right: 'spire-org-b/org-b.test',
      }),
    );
  });

  it('says why two copies cannot be compared', async () => {
    renderConsole('/trust-domains?tab=compare&left=x/fail.test&right=spire-org-a/org-b.test');
    expect(await screen.findByText(/there is no such copy/, {}, WAIT)).toBeTruthy();
  });

  it('draws the map with a table of the same facts; parts open by the keyboard', async () => {
    const { router } = renderConsole('/trust-domains?tab=map');
    const map = await screen.findByRole('group', { name: 'Map of 3 trust domains and 3 federations' }, WAIT);
    const edge = within(map).getByRole('button', {
      name: /^org-b\.test trusts org-a\.test: broken, bundle, refreshed/,
    });
    const table = screen.getByRole('table', { name: 'Federations' });
    expect(within(table).getAllByRole('row')).toHaveLength(4);
    expect(
      within(table).getByText('A key of org-a.test missing: JWT-SVIDs signed by it fail here'),
    ).toBeTruthy();
    expect(screen.getByText(/Nothing listens at its address/)).toBeTruthy();
    fireEvent.keyDown(within(map).getByRole('button', { name: /^org-b\.test, spire-org-b · 80 entries/ }), {
      key: 'Enter',
    });
    await waitFor(() =>
      expect(router.state.location.search).toMatchObject({ name: 'spire-org-b/org-b.test' }),
    );
    fireEvent.keyDown(edge, { key: ' ' });
    await waitFor(() => expect(router.state.location.pathname).toBe('/federation'));
    expect(router.state.location.search).toMatchObject({ id: 'spire-org-b/org-a.test' });
  });

  it('asks for the mode before a bundle is deleted', async () => {
    renderConsole('/trust-domains?task=delete&connection=spire-org-a&peer=partner.test');
    const dialog = await screen.findByRole('dialog', {}, WAIT);
    expect(dialog.textContent).toContain('7 entries do: restrict would be refused');
    fireEvent.change(within(dialog).getByLabelText('Entries that federate with it'), {
      target: { value: 'dissociate' },
    });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    expect(await screen.findByRole('button', { name: /^Apply/ }, WAIT)).toBeTruthy();
  });

  it('takes a bundle from a connected server, or as text', async () => {
    renderConsole('/trust-domains?task=set&connection=spire-org-a&peer=org-b.test');
    const dialog = await screen.findByRole('dialog', {}, WAIT);
    const source = within(dialog).getByLabelText('Source');
    expect((source as HTMLSelectElement).value).toBe('spire-org-b');
    fireEvent.change(source, { target: { value: '' } });
    const review = () => within(dialog).getByRole('button', { name: 'Review' });
    expect(review().getAttribute('aria-disabled')).toBe('true');
    fireEvent.change(within(dialog).getByLabelText('Bundle'), { target: { value: '{"keys":[]}' } });
    expect(review().getAttribute('aria-disabled')).toBeNull();
  });
});
