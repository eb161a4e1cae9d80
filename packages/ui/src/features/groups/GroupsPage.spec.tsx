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
import { type FakeGroups, fakeGroups, lostText, refusedText } from './testing/fake-groups.ts';

// Two cores are shared with the other specs.
configure({ asyncUtilTimeout: 8000 });

afterEach(cleanup);
// jsdom has no scrolling.
beforeEach(() => vi.stubGlobal('scrollTo', () => undefined));

function open(path = '/channels', fake: FakeGroups = fakeGroups()) {
  const root = createRootRoute();
  const channels = createRoute({ getParentRoute: () => root, path: '/channels', component: GroupsPage });
  const router = createRouter({
    routeTree: root.addChildren([channels]),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const { container } = render(
    <TransportProvider transport={fake.transport}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </TransportProvider>,
  );
  return { ...fake, container, search: () => router.state.location.search as Record<string, unknown> };
}

const fleet = `/channels?channel=${encodeURIComponent('node-a/agntcy/ops/fleet')}`;
const locked = `/channels?channel=${encodeURIComponent('manager/agntcy/sec/audit')}`;

describe('the list', () => {
  it('says for each channel what is known of it, and which could not be read', async () => {
    open();
    const row = await screen.findByRole('row', { name: /fleet/u });
    expect(row.textContent).toContain('2 of 4');
    expect(row.textContent).toContain('MLS on');
    const unowned = screen.getByRole('row', { name: /scratch/u });
    expect(unowned.textContent).toContain('unowned');
    expect(unowned.textContent).toContain('never');
    expect(screen.getByText(/Channels of node-b cannot be read/u)).toBeTruthy();
  });
  it('opens a channel, and puts it in the address', async () => {
    const { search } = open();
    fireEvent.click(await screen.findByRole('row', { name: /fleet/u }));
    expect(await screen.findByRole('heading', { name: 'agntcy/ops/fleet' })).toBeTruthy();
    expect(search()).toEqual({ channel: 'node-a/agntcy/ops/fleet' });
  });
  it('opens a channel by keys alone, and moves beside it by the arrow keys', async () => {
    open();
    await screen.findByRole('row', { name: /fleet/u });
    const grid = screen.getByRole('grid', { name: 'Channels' });
    fireEvent.keyDown(grid, { key: 'Home' });
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    fireEvent.keyDown(grid, { key: 'Enter' });
    expect(await screen.findByRole('heading', { name: 'agntcy/sec/audit' })).toBeTruthy();
    const first = await screen.findByRole('button', { name: /^agntcy\/ops\/fleet/u });
    first.focus();
    fireEvent.keyDown(first, { key: 'ArrowDown' });
    expect(document.activeElement?.textContent).toContain('agntcy/sec/audit');
    fireEvent.keyDown(document.activeElement ?? first, { key: 'End' });
    expect(document.activeElement?.textContent).toContain('agntcy/lab/scratch');
  });
  it('is narrowed and ordered by the address, and keeps that beneath an open channel', async () => {
    const { search } = open('/channels?by=manager&sort=members&desc=%221%22');
    await screen.findByRole('row', { name: /scratch/u });
    const names = screen.getAllByRole('row').map(({ textContent }) => textContent ?? '');
    expect(names.slice(1).map((name) => /scratch|audit/u.exec(name)?.[0])).toEqual(['scratch', 'audit']);
    expect(screen.getByText('2 of 3')).toBeTruthy();
    fireEvent.click(screen.getByRole('row', { name: /audit/u }));
    await screen.findByRole('heading', { name: 'agntcy/sec/audit' });
    expect(search()).toEqual({
      by: 'manager',
      sort: 'members',
      desc: '1',
      channel: 'manager/agntcy/sec/audit',
    });
    fireEvent.click(screen.getByRole('button', { name: 'Show all 3' }));
    expect(await screen.findByRole('button', { name: /^agntcy\/ops\/fleet/u })).toBeTruthy();
  });
  it('finds by any part of a name, and finds the way back from nothing', async () => {
    open('/channels?q=no-such');
    await screen.findByText('No channel matches');
    fireEvent.click(screen.getByRole('button', { name: 'Clear search and filters' }));
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search channels' }), {
      target: { value: 'LAB/' },
    });
    await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(2));
    expect(screen.getByRole('row', { name: /scratch/u })).toBeTruthy();
  });
  it('says so when the address names a channel that is not there', async () => {
    open('/channels?channel=gone/a/b/c');
    expect(await screen.findByText('This channel is not here')).toBeTruthy();
  });
});

describe('a channel', () => {
  it('draws its members and lists them, those who are missing first', async () => {
    open(fleet);
    const table = await screen.findByRole('grid', { name: 'Members' });
    await within(table).findByTitle('agntcy/ops/dave');
    const names = within(table)
      .getAllByRole('row')
      .slice(1)
      .map((row) => /agntcy\/ops\/[a-z]+/u.exec(row.textContent)?.[0].replace(/moderator$/u, ''));
    expect(names).toEqual(['agntcy/ops/dave', 'agntcy/ops/alice', 'agntcy/ops/carol', 'agntcy/ops/muster']);
    expect(within(table).getByText('offline 2 min')).toBeTruthy();
    expect(within(table).getByTitle('harbor/quay-1')).toBeTruthy();
    expect(within(table).getByText('agent banned')).toBeTruthy();
    const picture = screen.getByRole('group', { name: 'agntcy/ops/fleet: 4 members' });
    expect(within(picture).getAllByRole('button')).toHaveLength(4);
    expect(within(picture).getByRole('button', { name: /carol, unknown\. Her node/u })).toBeTruthy();
  });
  it('selects a member from the picture by the keyboard, and plans to remove it', async () => {
    const { search, planned } = open(fleet);
    const dot = await screen.findByRole('button', { name: /^agntcy\/ops\/dave\/.*offline/u });
    fireEvent.keyDown(dot, { key: 'Enter' });
    const panel = await screen.findByRole('region', { name: 'Member agntcy/ops/dave' });
    expect(search()['member']).toBe('agntcy/ops/dave/e4a0a2d8-1f5c-4f8e-8a5b-2f4f6f1f0b77');
    fireEvent.click(within(panel).getByRole('button', { name: /Remove from channel/u }));
    await screen.findByText('Do member.remove', { selector: 'h2' });
    expect(planned).toEqual([
      {
        action: 'member.remove',
        input: { connection: 'node-a', channel: 'agntcy/ops/fleet', member: 'agntcy/ops/dave' },
      },
    ]);
  });
  it('says who stands behind a member, where it is, and what is wrong', async () => {
    open(`${fleet}&member=${encodeURIComponent('agntcy/ops/alice/5b2f8c1e-7d1a-4b61-9e0e-0c6f7f3d9a11')}`);
    const panel = await screen.findByRole('region', { name: 'Member agntcy/ops/alice' });
    const identity = within(panel).getByRole('region', { name: 'Identity' });
    expect(identity.textContent).toContain('the agent that serves it is banned');
    const entry = within(identity).getByRole('link', { name: 'on spire' });
    expect(entry.getAttribute('href')).toContain('/entries?id=');
    expect(within(panel).getByRole('link', { name: 'harbor/quay-1' }).getAttribute('href')).toContain(
      '/network?',
    );
    expect(within(panel).getByRole('link', { name: '3 of other nodes' })).toBeTruthy();
    expect(
      within(panel).getByRole('link', { name: 'History of this member' }).getAttribute('href'),
    ).toContain('/roster?');
  });
  it('narrows the members by search, presence and identity, in the address', async () => {
    const { search } = open(fleet);
    const table = await screen.findByRole('grid', { name: 'Members' });
    await within(table).findByTitle('agntcy/ops/dave');
    fireEvent.click(screen.getByRole('button', { name: 'Identity' }));
    fireEvent.click(await screen.findByRole('option', { name: /unmapped/u, hidden: true }));
    await waitFor(() => expect(within(table).queryByTitle('agntcy/ops/alice')).toBeNull());
    expect(within(table).getByTitle('agntcy/ops/dave')).toBeTruthy();
    expect(search()['identity']).toBe('unmapped');
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search members' }), {
      target: { value: 'nobody' },
    });
    expect(await screen.findByText('No member matches')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Clear search and filters' }));
    expect(await within(table).findByTitle('agntcy/ops/muster')).toBeTruthy();
    expect(search()).toEqual({ channel: 'node-a/agntcy/ops/fleet' });
  });
  it('says why it cannot be changed, and why its messages cannot be read', async () => {
    const { planned } = open(locked);
    expect((await screen.findAllByText(/Only the holder of its owner key/u)).length).toBeGreaterThan(0);
    const invite = screen.getByRole('button', { name: 'Invite' });
    expect(invite.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(invite);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(screen.getByText('Messages cannot be read here')).toBeTruthy();
    expect(planned).toEqual([]);
  });
  it('shows a failure of its manager with a way to try again', async () => {
    open(`/channels?channel=${encodeURIComponent('manager/agntcy/lab/scratch')}`);
    expect(await screen.findByText('the manager went away')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
  });
});

describe('inviting and creating', () => {
  it('offers who is not a member yet, and plans the invitation', async () => {
    const { planned } = open(fleet);
    await screen.findByRole('grid', { name: 'Members' });
    fireEvent.click(screen.getByRole('button', { name: 'Invite' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).queryByText('agntcy/ops/alice')).toBeNull();
    fireEvent.click(within(dialog).getByRole('checkbox', { name: 'agntcy/ops/erin' }));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review the invitation' }));
    await screen.findByText('Do member.invite', { selector: 'h2' });
    expect(planned.at(-1)?.input['member']).toBe('agntcy/ops/erin');
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByRole('checkbox', { name: 'agntcy/ops/erin', checked: true })).toBeTruthy();
  });
  it('plans several invitations as one', async () => {
    const { planned } = open(fleet);
    await screen.findByRole('grid', { name: 'Members' });
    fireEvent.click(screen.getByRole('button', { name: 'Invite' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(within(dialog).getByRole('checkbox', { name: 'agntcy/ops/erin' }));
    const box = within(dialog).getByRole('textbox');
    fireEvent.change(box, { target: { value: 'agntcy/ops/frank' } });
    fireEvent.keyDown(box, { key: 'Enter' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review 2 invitations' }));
    await screen.findByText('Do member.invite', { selector: 'h2' });
    expect(planned.at(-1)?.input['members']).toEqual(['agntcy/ops/erin', 'agntcy/ops/frank']);
  });
  it('refuses what is not a name', async () => {
    const { planned } = open(fleet);
    await screen.findByRole('grid', { name: 'Members' });
    fireEvent.click(screen.getByRole('button', { name: 'Invite' }));
    const dialog = await screen.findByRole('dialog');
    const box = within(dialog).getByRole('textbox');
    fireEvent.change(box, { target: { value: 'bob' } });
    fireEvent.blur(box);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review the invitation' }));
    expect(
      await within(dialog).findByText(/organization\/namespace/u, { selector: '[role=alert]' }),
    ).toBeTruthy();
    expect(planned).toEqual([]);
  });
  it('makes a channel, encrypted unless said otherwise', async () => {
    const { planned } = open();
    await screen.findByRole('row', { name: /fleet/u });
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'New channel' }).getAttribute('aria-disabled')).toBeNull(),
    );
    fireEvent.click(screen.getByRole('button', { name: 'New channel' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Name' }), {
      target: { value: 'agntcy/ops/new' },
    });
    fireEvent.click(within(dialog).getByRole('button', { name: '+ agntcy/ops/erin' }));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review the new channel' }));
    await screen.findByText('Do channel.create', { selector: 'h2' });
    expect(planned.at(-1)).toEqual({
      action: 'channel.create',
      input: {
        connection: 'node-a',
        name: 'agntcy/ops/new',
        mls: true,
        members: ['agntcy/ops/erin'],
        max_retries: 5,
        interval_ms: 5000,
      },
    });
  });
});

describe('messages', () => {
  const field = () => screen.findByRole('textbox', { name: 'Message to the channel' });
  const write = async (text: string) => {
    const box = await field();
    fireEvent.change(box, { target: { value: text } });
    fireEvent.keyDown(box, { key: 'Enter' });
    return box as HTMLTextAreaElement;
  };
  it('are sent by Enter, without a review, and shown', async () => {
    const { planned, applied } = open(fleet);
    const box = await write('Hello, fleet');
    await waitFor(() => expect(box.value).toBe(''));
    expect(planned).toEqual([
      {
        action: 'message.send',
        input: { connection: 'node-a', channel: 'agntcy/ops/fleet', text: 'Hello, fleet' },
      },
    ]);
    expect(applied).toEqual(['Hello, fleet']);
    expect(await within(screen.getByRole('log')).findByText('Hello, fleet')).toBeTruthy();
  });
  it('break a line by Shift and Enter', async () => {
    const { planned } = open(fleet);
    const box = await field();
    fireEvent.change(box, { target: { value: 'one' } });
    fireEvent.keyDown(box, { key: 'Enter', shiftKey: true });
    expect(planned).toEqual([]);
  });
  it('stay in the field when refused, and when nobody knows', async () => {
    open(fleet);
    expect((await write(refusedText)).value).toBe(refusedText);
    expect((await screen.findByRole('alert')).textContent).toBe('Not sent: The channel has no members.');
    await write(lostText);
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('not known whether'));
    expect(((await field()) as HTMLTextAreaElement).value).toBe(lostText);
  });
  it('are kept as drafts from channel to channel', async () => {
    open(fleet);
    fireEvent.change(await field(), { target: { value: 'half a th' } });
    fireEvent.click(screen.getByRole('button', { name: /Channels/u }));
    fireEvent.click(await screen.findByRole('row', { name: /fleet/u }));
    expect(((await field()) as HTMLTextAreaElement).value).toBe('half a th');
  });
});

describe('names from a server', () => {
  it.each(['<img src=x onerror=alert(1)>', 'evil\u202Egnp', 'a\u200Bb', '{{7*7}}', 'javascript:alert(1)'])(
    'are text, and seen for what they are: %j',
    async (name) => {
      const { container } = open(
        '/channels',
        fakeGroups([{ name: `org/ns/${name}`, connection: 'x', lockedReason: name }]),
      );
      await screen.findByRole('row', { name: /fleet/u });
      expect(container.querySelector('img, script, a[href^="javascript"]')).toBeNull();
      expect(container.textContent).not.toMatch(/[\u202E\u200B]/u);
    },
  );
});
