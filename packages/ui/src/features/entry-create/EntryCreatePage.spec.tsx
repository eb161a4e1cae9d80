// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { REFUSED_PLAN } from '../../testing/fake/actionRoutes.ts';
import { prepareDom } from '../../testing/dom.ts';
import { World } from '../../testing/fake/index.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { useDrafts } from '../../stores/drafts.ts';

prepareDom();
const WAIT = { timeout: 8000 };
const type = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
const typed = (label: string) => screen.getByLabelText<HTMLInputElement>(label).value;
const PARENT = 'spiffe://org-a.test/spire/agent/k8s_psat/cluster-1/9e3779b1-node-0';

async function fill() {
  await screen.findByLabelText('SPIFFE ID', {}, WAIT);
  type('SPIFFE ID', 'spiffe://org-a.test/ns/new/sa/web');
  type('Parent ID', PARENT);
  // A whole selector pasted into the type is taken apart.
  type('Type', 'k8s:ns:new');
}
const review = () => fireEvent.click(screen.getByRole('button', { name: 'Review plan' }));
async function apply(name: string) {
  const button = await screen.findByRole('button', { name }, WAIT);
  await waitFor(() => expect(button.dataset['armed']).toBe('true'), WAIT);
  fireEvent.click(button);
  fireEvent.click(await screen.findByRole('button', { name: 'Done' }, WAIT));
}

describe('New entry', () => {
  it('starts with the server’s trust domain, plans, applies and opens what it made', async () => {
    useDrafts.getState().dropAll();
    const { world, router } = renderConsole('/entries/new');
    await screen.findByLabelText('SPIFFE ID', {}, WAIT);
    expect(typed('SPIFFE ID')).toBe('spiffe://org-a.test/');
    await fill();
    expect(typed('Value')).toBe('ns:new');
    await screen.findByText('Known: agent, k8s_psat.', {}, WAIT);
    review();
    await apply('Create 1 entry');
    expect(world.entries.at(-1)).toMatchObject({
      spiffeId: 'spiffe://org-a.test/ns/new/sa/web',
      connection: 'spire-org-a',
    });
    await waitFor(
      () =>
        expect(router.state.location).toMatchObject({
          pathname: '/entries',
          search: { id: `spire-org-a/${world.entries.at(-1)?.id}` },
        }),
      WAIT,
    );
  });

  it('names each mistake at its field, by the clause it breaks, and sends nothing', async () => {
    useDrafts.getState().dropAll();
    renderConsole('/entries/new');
    await fill();
    type('SPIFFE ID', 'spiffe://org-a.test/ns//web');
    type('Parent ID', 'spiffe://org-c.test/host');
    review();
    const errors = (await screen.findAllByRole('alert')).map((alert) => alert.textContent);
    expect(errors.some((text) => /SPIFFE ID-\d+/.test(text ?? ''))).toBe(true);
    expect(errors).toContain('It is of org-c.test, and this server issues for org-a.test only.');
    expect(screen.getByText('2 fields to correct first.')).toBeTruthy();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('brings the reason of a refused plan to its field, and keeps what was typed when the page is left', async () => {
    useDrafts.getState().dropAll();
    const { router } = renderConsole('/entries/new');
    await fill();
    type('Hint optional', REFUSED_PLAN);
    review();
    const alert = await screen.findByText('refused by a sentinel.', {}, WAIT);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(alert.closest('.field')?.querySelector('input')).toBe(screen.getByLabelText('SPIFFE ID'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('SPIFFE ID')), WAIT);
    // Once the field is changed, the old reason is not known to hold any more.
    type('SPIFFE ID', 'spiffe://org-a.test/ns/new/sa/web2');
    expect(screen.queryByText('refused by a sentinel.')).toBeNull();
    await router.navigate({ to: '/sessions' });
    await router.navigate({ to: '/entries/new' });
    await screen.findByLabelText('SPIFFE ID', {}, WAIT);
    expect(typed('SPIFFE ID')).toBe('spiffe://org-a.test/ns/new/sa/web2');
  });

  it('changes only what was changed', async () => {
    useDrafts.getState().dropAll();
    const world = new World();
    const entry = world.entries.find((one) => one.connection === 'spire-org-a');
    renderConsole(`/entries/new?edit=spire-org-a/${entry?.id}`, world);
    await screen.findByLabelText('SPIFFE ID', {}, WAIT);
    expect(screen.getByRole('button', { name: 'Review plan' }).getAttribute('aria-disabled')).toBe('true');
    type('X.509-SVID TTL optional', '1800');
    fireEvent.click(screen.getByRole('checkbox', { name: /^JWT-SVIDs with jti/ }));
    // SPIRE refuses the two together.
    const prefetch = () =>
      screen.getByRole<HTMLInputElement>('checkbox', { name: /^No X.509-SVID prefetch/ });
    fireEvent.click(prefetch());
    fireEvent.click(screen.getByRole('checkbox', { name: /^Store SVID/ }));
    expect([prefetch().checked, prefetch().disabled]).toEqual([false, true]);
    fireEvent.click(screen.getByRole('checkbox', { name: /^Store SVID/ }));
    review();
    await screen.findByRole('button', { name: 'Change 1 entry' }, WAIT);
    const fields = [...document.querySelectorAll('.plan-fields tbody th')].map((cell) => cell.textContent);
    expect(fields).toEqual(['x509_svid_ttl', 'jwt_svid_include_jti']);
  });
});
