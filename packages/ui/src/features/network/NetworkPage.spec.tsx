// @vitest-environment jsdom
import { createRouterTransport, type Transport } from '@connectrpc/connect';
import { NetworkService } from '@muster/api';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { HOSTILE, SILENT } from '../../testing/fake/networkRoutes.ts';
import { World } from '../../testing/fake/index.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { routeKey } from './search.ts';

prepareDom();
const WAIT = { timeout: 8000 };
const detail = () => screen.findByRole('complementary', {}, WAIT);
const tab = async (name: RegExp) => fireEvent.click(await screen.findByRole('tab', { name }, WAIT));

/** The fake, with another answer to which control planes there are. */
const withPlanes =
  (controlPlanes: object[]) =>
  (fake: Transport): Transport => {
    const other = createRouterTransport(({ rpc }) =>
      rpc(NetworkService.method.listControlPlanes, () => ({ controlPlanes })),
    );
    return {
      ...fake,
      unary: (method, ...rest) => (method.name === 'ListControlPlanes' ? other : fake).unary(method, ...rest),
    };
  };

describe('Network', () => {
  it('says first what needs a person, and leads to it', async () => {
    const { router } = renderConsole('/network');
    const list = await screen.findByRole('list', { name: 'Needs attention' }, WAIT);
    fireEvent.click(within(list).getByRole('link', { name: '1 route lost on its node' }));
    await waitFor(() => expect(router.state.location.href).toBe('/network?tab=routes&truth=lost'), WAIT);
    fireEvent.click(await screen.findByRole('row', { name: /ledger-agent/ }, WAIT));
    const panel = await detail();
    await within(panel).findByText(/does not send again what it takes for applied/, {}, WAIT);
    const hops = await within(panel).findByRole('list', { name: 'Hops' }, WAIT);
    await within(hops).findByRole('button', { name: 'l-1' }, WAIT);
    expect(hops.textContent).toMatch(/harbor\/quay-2.*l-1.*lighthouse\/lamp-1.*ledger-agent/);
  });

  it('can change what a link names without the connection that tells of it', async () => {
    renderConsole('/network?tab=segments&open=segment&id=operations');
    const panel = await detail();
    const remove = await within(panel).findByRole('button', { name: 'Remove segment…' }, WAIT);
    await waitFor(() => expect(remove.getAttribute('aria-disabled')).toBeNull(), WAIT);
    expect(panel.textContent).toContain('Segment · control-plane');
  });

  it('saves the routes that match as a file, all of them', async () => {
    const parts: BlobPart[] = [];
    vi.stubGlobal('Blob', function Blob(given: BlobPart[]) {
      parts.push(...given);
    });
    URL.createObjectURL = () => 'blob:';
    URL.revokeObjectURL = () => undefined;
    renderConsole('/network?tab=routes&truth=lost');
    await screen.findByRole('row', { name: /ledger-agent/ }, WAIT);
    fireEvent.click(screen.getByRole('button', { name: 'Export…' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Export 1 route' }, WAIT));
    await screen.findByText(/^Saved 1 route as/, {}, WAIT);
    const text = parts.map((part) => new TextDecoder().decode(part as Uint8Array)).join('');
    expect(text.split('\r\n')).toHaveLength(3);
    expect(text).toContain('ledger-agent');
    expect(text).toContain('not on node');
    vi.unstubAllGlobals();
  });

  it('opens the route that a link names, whatever the list shows', async () => {
    const key = routeKey({
      source: 'drydock/crane-1',
      destination: SILENT,
      name: 'acme/ops/alice',
      instance: '6f1c22d0-9b1e-4c6f-8a55-0d3f71e24ab1',
    });
    const id = encodeURIComponent(key);
    renderConsole(`/network?tab=nodes&open=route&on=control-plane&id=${id}`);
    const panel = await detail();
    await within(panel).findByText(/^Pending for more than a minute/, {}, WAIT);
    expect(panel.textContent).toContain('Only routes that were applied are compared.');
    expect(panel.textContent).toContain('no link');
  });

  it('filters routes by the address, and finds the way back from nothing', async () => {
    const { router } = renderConsole('/network?tab=routes&kind=templates&source=nobody');
    await screen.findByText('Nothing of the routes matches', {}, WAIT);
    fireEvent.click(screen.getByRole('button', { name: 'Clear search and filters' }));
    await waitFor(() => expect(router.state.location.href).toBe('/network?tab=routes'), WAIT);
    await screen.findByRole('row', { name: /ledger-agent/ }, WAIT);
    expect(screen.getByRole('grid', { name: 'Routes' }).getAttribute('aria-rowcount')).toBe('255');
  });

  it('S-11, S-12: shows names and messages as text, with what deceives spelled out', async () => {
    renderConsole('/network?tab=routes');
    const row = await screen.findByRole('row', { name: /img src/ }, WAIT);
    expect(row.textContent).toContain('\\u{202e}gnp<img src=x');
    expect(document.querySelector('img')).toBeNull();
    fireEvent.click(row);
    const panel = await detail();
    await within(panel).findByText('The way of a message', {}, WAIT);
    expect(panel.textContent).not.toContain('\u202e');
    expect(panel.textContent).toContain(HOSTILE.replace('\u202e', '\\u{202e}'));
    fireEvent.click(await screen.findByRole('row', { name: /drydock/ }, WAIT));
    await screen.findByText('no link between drydock and lighthouse\\u{202e}', {}, WAIT);
    expect(document.body.textContent).not.toContain('\u202e');
  });

  it('asks a node for its connections only while it is open, and says when it does not answer', async () => {
    renderConsole('/network?tab=nodes');
    fireEvent.click(await screen.findByRole('row', { name: /quay-2/ }, WAIT));
    await screen.findByText(/^1 connection/, {}, WAIT);
    fireEvent.click(screen.getByRole('row', { name: /lamp-1/ }));
    await screen.findByRole('button', { name: 'Try again' }, WAIT);
    fireEvent.click(screen.getByRole('row', { name: /crane-1/ }));
    await screen.findByText(/cannot be asked/, {}, WAIT);
    expect((await detail()).textContent).toContain('no other domain can dial it');
  });

  it('draws domains, nodes, links and wishes, each a button of the keyboard', async () => {
    const { router } = renderConsole('/network');
    const map = await screen.findByRole('group', { name: /Map of 3 domains, 4 nodes/ }, WAIT);
    within(map).getByRole('button', { name: 'Segment yard: drydock – harbor, wanted, not made' });
    within(map).getByRole('button', { name: /^1 link harbor\/quay-2 – lighthouse\/lamp-1: applied/ });
    const node = within(map).getByRole('button', { name: /^Node drydock\/crane-1: not connected/ });
    fireEvent.keyDown(node, { key: 'Enter' });
    await waitFor(() => expect(router.state.location.href).toContain('open=node'), WAIT);
    expect(node.getAttribute('aria-pressed')).toBe('true');
  });

  it('adds a segment by plan, and refuses a name that is taken or empty', async () => {
    renderConsole('/network?tab=segments');
    const add = await screen.findByRole('button', { name: 'New segment…' }, WAIT);
    await waitFor(() => expect(add.getAttribute('aria-disabled')).toBeNull(), WAIT);
    fireEvent.click(add);
    const dialog = await screen.findByRole('dialog', {}, WAIT);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    await within(dialog).findByText('A segment needs a name.');
    fireEvent.change(within(dialog).getByLabelText('Name'), { target: { value: 'yard' } });
    await within(dialog).findByText('There is a segment of this name already.', {}, WAIT);
    fireEvent.change(within(dialog).getByLabelText('Name'), { target: { value: 'night' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    await screen.findByRole('heading', { name: 'Apply night' }, WAIT);
  });

  it('links no domain to itself, and nothing twice', async () => {
    renderConsole('/network?tab=segments&open=segment&id=operations&on=control-plane');
    const link = await within(await detail()).findByRole('button', { name: 'Link two domains…' }, WAIT);
    await waitFor(() => expect(link.getAttribute('aria-disabled')).toBeNull(), WAIT);
    fireEvent.click(link);
    const dialog = await screen.findByRole('dialog', {}, WAIT);
    const type = (label: string, value: string) =>
      fireEvent.change(within(dialog).getByLabelText(label), { target: { value } });
    type('One domain', 'harbor');
    type('The other domain', 'harbor');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    await within(dialog).findByText('A domain is not linked to itself.');
    type('The other domain', 'lighthouse');
    await within(dialog).findByText('This segment links the two already.', {}, WAIT);
  });

  it('disables what a control plane cannot do, with its reason, and says why its part is old', async () => {
    const reason = 'Its topology comes from its own configuration file; change it there.';
    renderConsole(
      '/network?tab=segments&open=segment&id=operations&on=control-plane',
      new World(),
      withPlanes([
        {
          connection: 'control-plane',
          generation: '2.0–3.4',
          capabilities: [{ name: 'topology.write', reason }],
          topologyMode: 'config',
          freshness: { staleReason: 'It did not answer.' },
        },
      ]),
    );
    const panel = await detail();
    const remove = await within(panel).findByRole('button', { name: 'Remove segment…' }, WAIT);
    expect(remove.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(remove);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(document.body.textContent).toContain('cannot be read now. It did not answer.');
    expect(document.body.textContent).toContain('comes from its own configuration file');
  });

  it('says how to connect a control plane where there is none', async () => {
    renderConsole('/network', new World(), withPlanes([]));
    await screen.findByText('No control plane is connected', {}, WAIT);
    expect(document.body.textContent).toContain('kind: slim-control-plane');
    expect(screen.queryByRole('tab')).toBeNull();
  });

  it('forgets what narrowed one list when another is looked at', async () => {
    const { router } = renderConsole('/network?tab=routes&truth=lost&sort=name');
    await screen.findByRole('row', { name: /ledger-agent/ }, WAIT);
    await tab(/^Links/);
    await waitFor(() => expect(router.state.location.href).toBe('/network?tab=links'), WAIT);
    await screen.findByRole('row', { name: /wanted/ }, WAIT);
  });
});
