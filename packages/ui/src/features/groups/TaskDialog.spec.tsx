// @vitest-environment jsdom
import { ChannelSchema } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { fireEvent, screen, within } from '@testing-library/react';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { OPS_DID } from '../../testing/fake/keyRoutes.ts';
import { renderWith } from '../../testing/renderConsole.tsx';
import type { Manager } from './managers.ts';
import { ownershipInput, ownershipOf, ownershipProblem } from './OwnerFields.tsx';
import { actionOf, type Task, TaskDialog } from './TaskDialog.tsx';

prepareDom();

const foreign = create(ChannelSchema, {
  connection: 'channel-manager',
  name: 'agntcy/sec/audit',
  managedBy: 'channel-manager',
  owner: 'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH',
});
const manager = (more: Partial<Manager> = {}): Manager => ({
  name: 'channel-manager',
  kind: 'channel-manager',
  description: '',
  problem: undefined,
  noOwners: undefined,
  ...more,
});

function show(task: Task) {
  const root = createRootRoute({
    component: () => <TaskDialog task={task} onClose={() => undefined} onDone={() => undefined} />,
  });
  const router = createRouter({
    routeTree: root,
    history: createMemoryHistory({ initialEntries: ['/'] }),
  });
  renderWith(<RouterProvider router={router as never} />);
}

describe('a channel of a channel manager', { timeout: 20_000 }, () => {
  it('asks for its owner, where the owner is asked, and how long it lives', async () => {
    show({ task: 'create', managers: [manager()], candidates: [] });
    const owner = await screen.findByLabelText('Owner');
    await within(owner).findByRole('option', { name: 'operations', hidden: true });
    // Its own key first; one that is locked cannot sign, and is not offered.
    expect([...owner.querySelectorAll('option')].map(({ textContent }) => textContent)).toEqual([
      'key of channel-manager (of this connection)',
      'operations',
      'nobody',
    ]);
    expect(screen.getByLabelText(/Owner is asked at/u)).toBeTruthy();
    fireEvent.change(owner, { target: { value: 'none' } });
    expect(screen.getByText(/Anyone who reaches the manager may change or delete it/u)).toBeTruthy();
    expect(screen.queryByLabelText(/Owner is asked at/u)).toBeNull();
  });

  it('of an older manager has none of it, with the reason', async () => {
    const noOwners = 'This channel manager is older than 3.1.';
    show({ task: 'create', managers: [manager({ noOwners })], candidates: [] });
    expect(await screen.findByText(`No owner and no lifetime: ${noOwners}`)).toBeTruthy();
    expect(screen.queryByLabelText('Owner')).toBeNull();
  });

  it('is told what was typed, and nothing that was not', () => {
    const none = ownershipOf(undefined);
    expect(ownershipInput(none)).toEqual({});
    const all = { owner: OPS_DID, callback: ' acme/ops/desk ', ttl: '3600' };
    const input = { owner: OPS_DID, owner_callback_name: 'acme/ops/desk', ttl_seconds: 3600 };
    expect(ownershipInput(all)).toEqual(input);
    expect(ownershipInput(ownershipOf(input))).toEqual(input);
    expect(ownershipInput({ ...all, owner: 'none' })).toEqual({ owner: 'none', ttl_seconds: 3600 });
    expect(ownershipProblem({ ...all, callback: 'acme' })).toBeTruthy();
    expect(ownershipProblem({ ...all, callback: 'acme', owner: 'none' })).toBeUndefined();
  });
});

describe('a channel that somebody else owns', { timeout: 20_000 }, () => {
  it('is changed with a grant of its owner', async () => {
    show({ task: 'remove', channel: foreign, member: 'agntcy/sec/eve' });
    const grant = await screen.findByRole('textbox', { name: 'Grant of its owner', hidden: true });
    fireEvent.change(grant, { target: { value: '{"a":1}' } });
    fireEvent.click(screen.getByRole('button', { name: 'Review the removal', hidden: true }));
    expect(await screen.findByText(/Plan ·/u)).toBeTruthy();
    const more = { grant: ' {"a":1} ', key: '' };
    expect(
      actionOf({ task: 'remove', channel: foreign, member: 'm' }, [], undefined, more).input,
    ).toMatchObject({
      grant: '{"a":1}',
    });
    const invite = { task: 'invite', channel: foreign, candidates: [] } as const;
    expect(actionOf(invite, ['m'], undefined, more).input).toMatchObject({ member: 'm', grant: '{"a":1}' });
    expect(actionOf(invite, ['m']).input).not.toHaveProperty('grant');
  });

  it('is deleted with the key of an operator', async () => {
    show({ task: 'delete', channel: foreign });
    const choice = await screen.findByLabelText('Sign as operator with');
    await within(choice).findByRole('option', { name: 'operations', hidden: true });
    fireEvent.change(choice, { target: { value: OPS_DID } });
    fireEvent.click(screen.getByRole('button', { name: 'Review the deletion', hidden: true }));
    expect(await screen.findByText(/Plan ·/u)).toBeTruthy();
    expect(
      actionOf({ task: 'delete', channel: foreign }, [], undefined, { grant: '', key: OPS_DID }).input,
    ).toMatchObject({ key: OPS_DID });
  });
});
