import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };

describe('Federation', () => {
  it('lists each direction with its state and why, and finds by what is wrong', async () => {
    const { router } = renderConsole('/federation');
    expect(await screen.findByRole('row', { name: /spire-org-b.*org-a\.test.*broken/ }, WAIT)).toBeTruthy();
    expect(screen.getByText('3 directions · 1 broken, 1 to look at')).toBeTruthy();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'never refreshed' } });
    await waitFor(() => expect(router.state.location.search).toMatchObject({ q: 'never refreshed' }));
    expect(screen.queryByRole('row', { name: /spire-org-b/ })).toBeNull();
    expect(screen.getByRole('row', { name: /partner\.test.*set by hand/ })).toBeTruthy();
  });

  it('opens one by its address: settings, what is unknown, findings with remedies', async () => {
    renderConsole('/federation?id=spire-org-b/org-a.test');
    const detail = await screen.findByRole('complementary', {}, WAIT);
    expect(detail.textContent).toContain('unknown: the server’s API records no such time');
    const remedy = await within(detail).findByRole(
      'button',
      { name: 'Refresh the copy of org-a.test…' },
      WAIT,
    );
    expect(detail.textContent).toContain('Not known: Which key the peer signs with');
    fireEvent.click(remedy);
    expect(await screen.findByRole('dialog', {}, WAIT)).toBeTruthy();
  });

  it('asks the endpoint only when a person says so, and the address holds that', async () => {
    const { router } = renderConsole('/federation?id=spire-org-b/org-a.test');
    const detail = await screen.findByRole('complementary', {}, WAIT);
    expect(detail.textContent).not.toContain('The endpoint answered');
    fireEvent.click(within(detail).getByRole('button', { name: 'Ask the endpoint' }));
    expect(await within(detail).findByText(/The endpoint answered/, {}, WAIT)).toBeTruthy();
    expect(within(detail).getByText(/another SPIFFE ID/)).toBeTruthy();
    expect(router.state.location.search).toMatchObject({ probe: '1' });
  });

  it('S-11: shows remedies of every pair, and no link to elsewhere', async () => {
    renderConsole('/federation?tab=doctor');
    expect(await screen.findByText('The copy of partner.test is never refreshed', {}, WAIT)).toBeTruthy();
    expect(screen.queryByText('Elsewhere')).toBeNull();
    const link = screen.getByRole('link', { name: /Create the relationship/ });
    expect(link.getAttribute('href')).toBe('/federation?task=new&connection=spire-org-a&peer=partner.test');
  });

  it('says why nothing can be refreshed or edited without a relationship', async () => {
    renderConsole('/federation?id=spire-org-a/partner.test');
    const detail = await screen.findByRole('complementary', {}, WAIT);
    expect(within(detail).getByRole('button', { name: 'Edit…' }).getAttribute('aria-disabled')).toBe('true');
    expect(within(detail).getByRole('button', { name: 'Create relationship…' })).toBeTruthy();
  });

  it('pairs two connected servers with what is known of their endpoints, and keeps what was typed', async () => {
    renderConsole('/federation?task=new&connection=spire-org-a&peer=org-b.test');
    const dialog = await screen.findByRole('dialog', {}, WAIT);
    const theirs = within(dialog).getByLabelText('Bundle endpoint of org-b.test');
    expect((theirs as HTMLInputElement).value).toBe('https://spire.org-b.test:8443');
    expect((within(dialog).getByLabelText('Bundle endpoint of org-a.test') as HTMLInputElement).value).toBe(
      'https://spire.org-a.test:8443',
    );
    expect(dialog.textContent).toContain('Not 8081: that is the server’s API');
    fireEvent.change(theirs, { target: { value: 'http://x' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    expect(within(dialog).getByText(/must be an https:\/\/ URL/)).toBeTruthy();
    fireEvent.change(theirs, { target: { value: 'https://b.test:8443' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel' }, WAIT));
    expect(
      ((await screen.findByLabelText('Bundle endpoint of org-b.test', {}, WAIT)) as HTMLInputElement).value,
    ).toBe('https://b.test:8443');
  });

  it('needs the bundle of another organisation over https_spiffe, and its trust domain', async () => {
    renderConsole('/federation?task=new&connection=spire-org-a&peer=new.test');
    const dialog = await screen.findByRole('dialog', {}, WAIT);
    fireEvent.change(within(dialog).getByLabelText('Their trust domain'), { target: { value: 'Bad Name' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    expect(within(dialog).getAllByRole('alert').length).toBeGreaterThanOrEqual(3);
    expect(within(dialog).getByText(/so one is needed to begin with/)).toBeTruthy();
  });
});
