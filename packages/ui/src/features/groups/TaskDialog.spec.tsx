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
      'named by a request that was signed elsewhere',
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

  it('is made by a request that was signed elsewhere, which says the rest', async () => {
    show({ task: 'create', managers: [manager()], candidates: [] });
    const owner = await screen.findByLabelText('Owner');
    expect(screen.getByLabelText(/Encrypt end to end/u)).toBeTruthy();
    fireEvent.change(owner, { target: { value: 'signed' } });
    for (const gone of [/Encrypt end to end/u, /Owner is asked at/u, /^Lives/u])
      expect(screen.queryByLabelText(gone)).toBeNull();
    fireEvent.change(screen.getByPlaceholderText('acme/ops/incident-7'), {
      target: { value: 'acme/ops/made' },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Review the new channel', hidden: true }));
    expect(await screen.findByText('The request that was signed is needed.')).toBeTruthy();
    // One that is longer than any is not read.
    const file = screen.getByLabelText('Choose a request file');
    fireEvent.change(file, { target: { files: [new File(['x'.repeat(16_385)], 'r.json')] } });
    expect(await screen.findByText('The file is longer than a request.')).toBeTruthy();
    fireEvent.change(file, { target: { files: [new File(['{"owner":"did"}\n'], 'r.json')] } });
    expect(await screen.findByDisplayValue('{"owner":"did"}')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Review the new channel', hidden: true }));
    expect(await screen.findByText(/Plan ·/u)).toBeTruthy();
    expect(ownershipInput({ ...ownershipOf({ ttl_seconds: 5 }), owner: 'signed', request: ' {} ' })).toEqual({
      signed_request: '{}',
    });
    expect(ownershipOf({ signed_request: '{}' })).toMatchObject({ owner: 'signed', request: '{}' });
  });

  it('is told what was typed, and nothing that was not', () => {
    const none = ownershipOf(undefined);
    expect(ownershipInput(none)).toEqual({});
    const all = { owner: OPS_DID, callback: ' acme/ops/desk ', ttl: '3600', request: '' };
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
    const more = { grant: ' {"a":1} ', key: '', request: '' };
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
    const choice = await screen.findByLabelText('Signed with');
    await within(choice).findByRole('option', { name: 'operations', hidden: true });
    fireEvent.change(choice, { target: { value: OPS_DID } });
    fireEvent.click(screen.getByRole('button', { name: 'Review the deletion', hidden: true }));
    expect(await screen.findByText(/Plan ·/u)).toBeTruthy();
    expect(
      actionOf({ task: 'delete', channel: foreign }, [], undefined, { grant: '', key: OPS_DID, request: '' })
        .input,
    ).toMatchObject({ key: OPS_DID });
  });

  it('is deleted by a request that was signed elsewhere', async () => {
    show({ task: 'delete', channel: foreign });
    const choice = await screen.findByLabelText('Signed with');
    await within(choice).findByRole('option', { name: 'operations', hidden: true });
    fireEvent.change(choice, { target: { value: 'signed' } });
    const next = screen.getByRole('button', { name: 'Review the deletion', hidden: true });
    expect(next.getAttribute('aria-disabled') ?? next.getAttribute('disabled')).not.toBeNull();
    fireEvent.change(screen.getByRole('textbox', { name: 'Signed request', hidden: true }), {
      target: { value: '{"a":1}\n' },
    });
    fireEvent.click(next);
    expect(await screen.findByText(/Plan ·/u)).toBeTruthy();
    const chosen = { grant: '', key: 'signed', request: '{"a":1}\n' };
    expect(actionOf({ task: 'delete', channel: foreign }, [], undefined, chosen).input).toEqual({
      connection: foreign.connection,
      name: foreign.name,
      signed_request: '{"a":1}',
    });
  });
});
