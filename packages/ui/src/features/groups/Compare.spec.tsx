import { TransportProvider } from '@connectrpc/connect-query';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import GroupsPage from './GroupsPage.tsx';
import { fakeGroups } from './testing/fake-groups.ts';

// Two cores are shared with the other specs.
configure({ asyncUtilTimeout: 8000 });

afterEach(cleanup);
// jsdom has no scrolling.
beforeEach(() => vi.stubGlobal('scrollTo', () => undefined));

function open(path: string) {
  const fake = fakeGroups();
  const root = createRootRoute();
  const channels = createRoute({ getParentRoute: () => root, path: '/channels', component: GroupsPage });
  const router = createRouter({
    routeTree: root.addChildren([channels]),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <TransportProvider transport={fake.transport}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </TransportProvider>,
  );
  return { ...fake, search: () => router.state.location.search as Record<string, unknown> };
}

const fleet = `/channels?channel=${encodeURIComponent('node-a/agntcy/ops/fleet')}`;

describe('a group that several know', () => {
  it('says so on the channel, and leads to the comparison by its address', async () => {
    const { search } = open(fleet);
    const strip = await screen.findByRole('group', { name: 'Elsewhere' });
    expect(strip.textContent).toContain(
      'Known to session, channel manager and control plane; not all can be read',
    );
    fireEvent.click(within(strip).getByRole('button', { name: 'Compare' }));
    expect(await screen.findByRole('region', { name: 'Comparison' })).toBeTruthy();
    expect(search()).toEqual({ channel: 'node-a/agntcy/ops/fleet', view: 'compare' });
    fireEvent.click(screen.getByRole('button', { name: 'Show the members' }));
    expect(await screen.findByRole('grid', { name: 'Members' })).toBeTruthy();
  });

  it('lists every member with every side, and says why a side is not known or left alone', async () => {
    const { planned } = open(`${fleet}&view=compare`);
    const panel = await screen.findByRole('region', { name: 'Comparison' });
    const rows = within(panel)
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.textContent);
    expect(rows).toEqual([
      'agntcy/ops/davein itmissingunknown',
      'agntcy/ops/erinmissingin itunknown',
      'agntcy/ops/alicein itin itunknown',
      'agntcy/ops/muster moderatorin it–unknown',
    ]);
    expect(panel.textContent).toContain('Left as it is: It is owned by a key this gateway does not hold.');
    expect(panel.textContent).toContain('Whether other has this group is not known');
    const buttons = within(panel).getAllByRole('button', { name: 'Make the others like this…' });
    expect(buttons[2]?.getAttribute('aria-disabled')).toBe('true');
    expect(panel.textContent).toContain('adds 1, removes 1');
    fireEvent.click(buttons[0] as HTMLElement);
    await waitFor(() =>
      expect(planned).toContainEqual({
        action: 'group.reconcile',
        input: {
          connection: 'node-a',
          channel: 'agntcy/ops/fleet',
          source: 'session',
          source_connection: 'node-a',
        },
      }),
    );
  });

  it('registers with a control plane where it can, and takes only endpoints that can be used', async () => {
    const { planned } = open(fleet);
    fireEvent.click(await screen.findByRole('button', { name: 'Register with lab-plane…' }));
    const dialog = await screen.findByRole('dialog');
    const endpoints = within(dialog).getByRole('textbox', { name: /Where nodes are reached/u });
    fireEvent.change(endpoints, { target: { value: 'slim/0=10.0.0.1' } });
    fireEvent.keyDown(endpoints, { key: 'Enter' });
    expect(await within(dialog).findByText(/Written node=http/u)).toBeTruthy();
    fireEvent.change(endpoints, { target: { value: 'slim/0=http://10.0.0.1:46357' } });
    fireEvent.keyDown(endpoints, { key: 'Enter' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review the registration' }));
    await waitFor(() =>
      expect(planned).toContainEqual({
        action: 'group.register',
        input: {
          connection: 'lab-plane',
          channel: 'agntcy/ops/fleet',
          from: 'node-a',
          routes: true,
          endpoints: [{ node: 'slim/0', endpoint: 'http://10.0.0.1:46357' }],
        },
      }),
    );
  });
});

describe('a channel of a control plane up to 1.4', () => {
  it('is made with moderators and without a name; a newer control plane is not offered', async () => {
    const { planned } = open('/channels');
    const button = await screen.findByRole('button', { name: 'New channel' });
    await waitFor(() => expect(button.getAttribute('aria-disabled')).not.toBe('true'));
    fireEvent.click(button);
    const dialog = await screen.findByRole('dialog');
    const place = within(dialog).getByRole('combobox', { name: /Managed by/u });
    expect(within(place).queryByText('new-plane')).toBeNull();
    fireEvent.change(place, { target: { value: 'old-plane' } });
    expect(within(dialog).queryByRole('textbox', { name: 'Name' })).toBeNull();
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review the new channel' }));
    expect(await within(dialog).findByText('At least one is needed.')).toBeTruthy();
    const moderators = within(dialog).getByRole('textbox', { name: /Moderators/u });
    fireEvent.change(moderators, { target: { value: 'acme/ops/mod/7' } });
    fireEvent.keyDown(moderators, { key: 'Enter' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review the new channel' }));
    await waitFor(() =>
      expect(planned).toContainEqual({
        action: 'channel.create',
        input: { connection: 'old-plane', moderators: ['acme/ops/mod/7'], members: [] },
      }),
    );
  });
});
