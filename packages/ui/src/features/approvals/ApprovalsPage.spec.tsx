// @vitest-environment jsdom
import { createRouterTransport, type Transport } from '@connectrpc/connect';
import { KeyService } from '@muster/api';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { HOSTILE_REQUESTER } from '../../testing/fake/approvalRoutes.ts';
import { World } from '../../testing/fake/index.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };
const waiting = () => screen.findByRole('region', { name: 'Waiting for an answer' }, WAIT);
const card = async (name: RegExp) => within(await waiting()).findByRole('listitem', { name }, WAIT);
const detail = () => screen.findByRole('complementary', {}, WAIT);

/** The fake, with another inbox. */
const withInbox =
  (answer: object) =>
  (fake: Transport): Transport => {
    const other = createRouterTransport(({ rpc }) => rpc(KeyService.method.listApprovals, () => answer));
    return {
      ...fake,
      unary: (method, ...rest) => (method.name === 'ListApprovals' ? other : fake).unary(method, ...rest),
    };
  };

/** The page, and the inputs that plans were asked for with. */
function recorded() {
  const plans: unknown[] = [];
  renderConsole('/approvals', new World(), (fake) => ({
    ...fake,
    unary: (method, signal, timeoutMs, header, input, values) => {
      if (method.name === 'Plan') plans.push((input as { input?: unknown }).input);
      return fake.unary(method, signal, timeoutMs, header, input, values);
    },
  }));
  return { plans };
}

describe('Approvals', () => {
  it('says who asks for what, whose channel it is and how long it waits', async () => {
    renderConsole('/approvals');
    const erin = await card(/Add agntcy\/ops\/erin to agntcy\/ops\/fleet/);
    expect(erin.textContent).toMatch(/\d+ s left/);
    expect(erin.textContent).toContain('spiffe://org-a.test/ops/dispatcher');
    expect(erin.textContent).toContain('agntcy/ns/channel-manager-approval');
    expect(within(erin).getByText('mapped')).toBeTruthy();
    expect(erin.textContent).toContain('fleet did:key:z6MkhaXg');
    const nav = screen.getByRole('navigation', { name: 'Pages' });
    expect(within(nav).getByRole('link', { name: /Approvals/ }).textContent).toBe(
      'Approvals2 waiting for an answer',
    );
  });

  it('approves by a plan that a person sees first', async () => {
    const { plans } = recorded();
    fireEvent.click(within(await card(/erin/)).getByRole('button', { name: 'Approve…' }));
    await screen.findByRole('dialog', {}, WAIT);
    await waitFor(() => expect(plans).toEqual([{ id: 'a-1', approve: true }]), WAIT);
  });

  it('denies with a reason that whoever asked is told', async () => {
    const { plans } = recorded();
    fireEvent.click(within(await card(/mallory/)).getByRole('button', { name: 'Deny…' }));
    const dialog = await screen.findByRole('dialog', { name: /Deny: add agntcy\/ops\/mallory/ }, WAIT);
    expect(dialog.textContent).toMatch(/\d+ s left|time is up/);
    const reason = within(dialog).getByLabelText(/Reason/);
    await waitFor(() => expect(document.activeElement).toBe(reason), WAIT);
    fireEvent.change(reason, { target: { value: 'x'.repeat(301) } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    expect(plans).toEqual([]);
    fireEvent.change(reason, { target: { value: ' Not this week ' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    await waitFor(
      () => expect(plans).toEqual([{ id: 'a-2', approve: false, reason: 'Not this week' }]),
      WAIT,
    );
  });

  it('cannot approve without the owner’s key, and says why', async () => {
    const { plans } = recorded();
    const mallory = await card(/mallory/);
    const approve = within(mallory).getByRole('button', { name: 'Approve…' });
    expect(approve.getAttribute('aria-disabled')).toBe('true');
    expect(mallory.textContent).toContain(
      'It can only be denied here. The key of its owner is not held here.',
    );
    fireEvent.click(approve);
    fireEvent.keyDown(mallory, { key: 'a' });
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(plans).toEqual([]);
    expect(mallory.textContent).toContain('Danger. agntcy/ops/stranger asks');
    expect(within(mallory).getByText('agent banned')).toBeTruthy();
  });

  it('is answered by keys alone', async () => {
    const { plans } = recorded();
    const erin = await card(/erin/);
    erin.focus();
    fireEvent.keyDown(erin, { key: 'ArrowDown' });
    expect(document.activeElement?.textContent).toContain('mallory');
    fireEvent.keyDown(erin, { key: 'd' });
    const dialog = await screen.findByRole('dialog', { name: /Deny: add agntcy\/ops\/erin/ }, WAIT);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    fireEvent.keyDown(erin, { key: 'a' });
    await waitFor(() => expect(plans).toEqual([{ id: 'a-1', approve: true }]), WAIT);
  });

  it('S-11, S-12: shows what the network says as text, with what deceives spelled out', async () => {
    renderConsole('/approvals');
    const mallory = await card(/mallory/);
    expect(mallory.textContent).toContain(HOSTILE_REQUESTER.replace('\u202e', '\\u{202e}'));
    expect(document.querySelector('img')).toBeNull();
    expect(document.body.textContent).not.toContain('\u202e');
  });

  it('keeps what was decided, finds it, and opens it by a link', async () => {
    const { router } = renderConsole('/approvals?state=denied');
    const list = await screen.findByRole('grid', { name: 'Decided requests' }, WAIT);
    const row = await within(list).findByRole('row', { name: /frank/ }, WAIT);
    expect(within(list).queryByRole('row', { name: /grace/ })).toBeNull();
    fireEvent.click(row);
    await waitFor(() => expect(router.state.location.search).toMatchObject({ id: 'a-4' }), WAIT);
    const panel = await detail();
    await within(panel).findByText('Not this week', {}, WAIT);
    expect(panel.textContent).toContain('by cli 8899aabbccddeeff');
    expect(within(panel).queryByRole('button', { name: 'Approve…' })).toBeNull();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'nothing like it' } });
    await screen.findByText('No decided request matches', {}, WAIT);
    fireEvent.click(screen.getByRole('button', { name: 'Clear search and filter' }));
    await within(list).findByRole('row', { name: /grace/ }, WAIT);
  });

  it('opens a request that waits, with both answers', async () => {
    renderConsole('/approvals?id=a-1');
    const panel = await detail();
    await within(panel).findByRole('button', { name: 'Approve…' }, WAIT);
    expect(panel.textContent).toMatch(/\d+ s left/);
    expect(within(panel).getByRole('link', { name: 'agntcy/ops/fleet' }).getAttribute('href')).toBe(
      '/channels?channel=channel-manager/agntcy/ops/fleet',
    );
  });

  it('says how requests come here while there are none, and what keeps them away', async () => {
    const inbox = withInbox({
      warnings: [
        { code: 'inbox-shut', text: 'Nobody can ask at org/ns/mod-approval (node) now.', severity: 2 },
      ],
      callbackNames: ['agntcy/muster/moderator-approval'],
    });
    renderConsole('/approvals', new World(), inbox);
    const region = await waiting();
    await within(region).findByText('Nobody waits for an answer', {}, WAIT);
    expect(region.textContent).toContain('owner_callback_name');
    expect(within(region).getByText('agntcy/muster/moderator-approval')).toBeTruthy();
    expect(region.textContent).toContain('Nobody can ask at org/ns/mod-approval');
    await screen.findByText('Nothing was decided yet', {}, WAIT);
  });
});
