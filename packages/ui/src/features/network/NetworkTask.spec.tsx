// @vitest-environment jsdom
import { createRouterTransport, type Transport } from '@connectrpc/connect';
import { NetworkService } from '@muster/api';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { World } from '../../testing/fake/index.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };
const detail = () => screen.findByRole('complementary', {}, WAIT);

const SINCE_2 = 'From 2.0 routes follow from the topology and from who is connected; nobody writes them.';
const FIRST_ONLY = 'Connections are made by hand in the first generation only (0.0–0.1).';
const ABILITIES = [
  'topology.write',
  'domains.write',
  'routes.write',
  'connections.write',
  'nodes.deregister',
];

/** The fake, with one control plane that can do what is named, and the plans that are asked for. */
function planeThatCan(...can: string[]) {
  const asked: { action: string; input: unknown }[] = [];
  const wrap = (fake: Transport): Transport => {
    const other = createRouterTransport(({ rpc }) =>
      rpc(NetworkService.method.listControlPlanes, () => ({
        controlPlanes: [
          {
            connection: 'control-plane',
            generation: can.includes('connections.write') ? '0.0–0.1' : '2.0–3.4',
            nodes: 4,
            capabilities: ABILITIES.map((name) => ({
              name,
              reason: can.includes(name) ? '' : name === 'routes.write' ? SINCE_2 : FIRST_ONLY,
            })),
          },
        ],
      })),
    );
    return {
      ...fake,
      unary: (method, signal, timeout, header, input, values) => {
        if (method.name === 'Plan') asked.push(input as never);
        const to = method.name === 'ListControlPlanes' ? other : fake;
        return to.unary(method, signal, timeout, header, input, values);
      },
    };
  };
  return { asked, wrap };
}

async function press(name: string, place: HTMLElement = document.body) {
  const button = await within(place).findByRole('button', { name }, WAIT);
  await waitFor(() => expect(button.getAttribute('aria-disabled')).toBeNull(), WAIT);
  fireEvent.click(button);
}
const dialog = () => screen.findByRole('dialog', {}, WAIT);
const review = async () => fireEvent.click(within(await dialog()).getByRole('button', { name: 'Review' }));
/** From the plan to the form, and from there to the page. */
const leave = async () => {
  await press('Cancel', await dialog());
  await within(await dialog()).findByRole('button', { name: 'Review' }, WAIT);
  await press('Cancel', await dialog());
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), WAIT);
};
const type = async (label: string | RegExp, value: string) =>
  fireEvent.change(within(await dialog()).getByLabelText(label), { target: { value } });

describe('changes of a network', () => {
  it('write a route where the generation can, to a node or an address', async () => {
    const { asked, wrap } = planeThatCan('routes.write');
    renderConsole('/network?tab=routes', new World(), wrap);
    await press('Add a route…');
    await review();
    await within(await dialog()).findByText('organization/namespace/app is needed.');
    await type('Name', 'acme/ops/alice');
    await type(/^Instance/u, 'seven');
    await within(await dialog()).findByText('A number, or nothing for any instance.');
    await type(/^Instance/u, '7');
    await review();
    await waitFor(() => expect(asked).toHaveLength(1), WAIT);
    const route = {
      connection: 'control-plane',
      name: 'acme/ops/alice',
      instance: '7',
      node: 'harbor/quay-1',
    };
    expect(asked[0]).toMatchObject({ action: 'route.add', input: { ...route, to: 'harbor/quay-2' } });
    // What was typed is still there when the plan is not what was meant.
    await press('Cancel', await dialog());
    await type('Goes to', 'address');
    await type('Address', 'http://me:secret@10.0.0.2:46357');
    await review();
    await within(await dialog()).findByText('An address such as http://10.0.0.2:46357 is needed.');
    await type('Address', 'http://10.0.0.2:46357');
    await review();
    await waitFor(() => expect(asked).toHaveLength(2), WAIT);
    expect(asked[1]).toMatchObject({ input: { ...route, via: 'http://10.0.0.2:46357' } });
  });

  it('of the first generation go over connections, which are made first', async () => {
    const { asked, wrap } = planeThatCan('routes.write', 'connections.write', 'nodes.deregister');
    renderConsole('/network?tab=nodes&open=node&id=harbor/quay-2&on=control-plane', new World(), wrap);
    await press('Connect it…', await detail());
    await review();
    await within(await dialog()).findByText('An address such as http://10.0.0.2:46357 is needed.');
    await type('Address', 'http://10.0.0.2:46357');
    await review();
    await waitFor(() => expect(asked).toHaveLength(1), WAIT);
    expect(asked[0]).toMatchObject({
      action: 'connection.create',
      input: { node: 'harbor/quay-2', endpoint: 'http://10.0.0.2:46357' },
    });
    await leave();
    await press('Deregister…', await detail());
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ action: 'node.deregister' }), WAIT);
  });

  it('admit a domain by a secret that is long enough, hidden, and made here if wanted', async () => {
    const { asked, wrap } = planeThatCan('domains.write', 'topology.write');
    renderConsole('/network?tab=segments', new World(), wrap);
    await press('Admit a domain…');
    await type('Domain', 'harbor');
    await type('Secret', 'short');
    await review();
    const form = await dialog();
    await within(form).findByText(/There is a domain of this name already/u);
    await within(form).findByText(/At least 32 bytes are needed/u);
    expect(within(form).getByLabelText('Secret').getAttribute('type')).toBe('password');
    await type('Domain', 'quarry');
    fireEvent.click(within(form).getByRole('button', { name: 'Make one' }));
    fireEvent.click(within(form).getByLabelText('Show it'));
    const secret = (within(form).getByLabelText('Secret') as HTMLInputElement).value;
    expect(secret).toMatch(/^[0-9a-f]{64}$/u);
    await review();
    await waitFor(() => expect(asked).toHaveLength(1), WAIT);
    expect(asked[0]).toMatchObject({
      action: 'domain.add',
      input: { connection: 'control-plane', name: 'quarry', secret },
    });
  });

  it('give a domain another secret, or remove it, from where it is shown', async () => {
    const { asked, wrap } = planeThatCan('domains.write', 'topology.write');
    renderConsole('/network?tab=segments&open=domain&id=harbor&on=control-plane', new World(), wrap);
    await press('New secret…', await detail());
    await type('Secret', 'a secret of thirty-two bytes or so');
    await review();
    await waitFor(() => expect(asked[0]).toMatchObject({ input: { name: 'harbor', replace: true } }), WAIT);
    await leave();
    await press('Remove domain…', await detail());
    await waitFor(
      () => expect(asked.at(-1)).toMatchObject({ action: 'domain.remove', input: { name: 'harbor' } }),
      WAIT,
    );
  });

  it('are there, disabled with the reason, where a generation cannot', async () => {
    const { asked, wrap } = planeThatCan('topology.write');
    renderConsole('/network?tab=routes&open=node&id=harbor/quay-2&on=control-plane', new World(), wrap);
    const panel = await detail();
    for (const [name, reason, place] of [
      ['Add a route…', SINCE_2, panel],
      ['Connect it…', FIRST_ONLY, panel],
      ['Deregister…', FIRST_ONLY, panel],
    ] as const) {
      const button = await within(place).findByRole('button', { name }, WAIT);
      expect(button.getAttribute('aria-disabled')).toBe('true');
      const described = document.getElementById(button.getAttribute('aria-describedby') ?? '');
      expect(described?.textContent).toBe(reason);
      fireEvent.click(button);
    }
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(asked).toEqual([]);
  });
});
