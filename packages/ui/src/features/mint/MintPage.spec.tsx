// @vitest-environment jsdom
import {
  ActionService,
  ConnectionKind,
  ConnectionService,
  ItemOutcome,
  TrustDomainService,
} from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { createRouterTransport, type Transport } from '@connectrpc/connect';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };
const TOKEN = 'e30.e30.c2VjcmV0LXNpZ25hdHVyZQ';

/** A gateway with one server that mints; what is asked of it is noted. */
function minting(asked: JsonObject[], capable = '') {
  return (fake: Transport): Transport => {
    const own = createRouterTransport((router) => {
      router.service(ConnectionService, {
        listConnections: () => ({
          connections: [
            {
              name: 'prod',
              kind: ConnectionKind.SPIRE_SERVER,
              trustDomain: 'a.example',
              capabilities: [{ name: 'svids.mint', available: capable === '', reason: capable }],
            },
          ],
        }),
      });
      router.service(TrustDomainService, {
        listBundles: () => ({
          bundles: [{ connection: 'prod', own: true, x509Authorities: [{ der: Uint8Array.of(1) }] }],
        }),
      });
      router.service(ActionService, {
        plan: ({ action, input = {} }) => {
          asked.push({ action, ...input });
          return {
            plan: {
              digest: `d-${asked.length}`,
              title: action === 'svid.mintJwt' ? 'Mint 1 JWT-SVID' : 'Mint 1 X.509-SVID',
              changes: [{ verb: 'mint', kind: 'SVID', target: 'spiffe://a.example/web', connection: 'prod' }],
              effects: ['Minting is full impersonation.'],
              targetDescription: 'prod (a.example)',
              expiresAt: timestampFromMs(Date.now() + 300_000),
            },
          };
        },
        apply: async function* () {
          const jwt = asked.at(-1)?.['action'] === 'svid.mintJwt';
          yield {
            done: 1,
            total: 1,
            item: {
              target: 'spiffe://a.example/web',
              outcome: ItemOutcome.DONE,
              secret: jwt ? TOKEN : '',
              document: jwt ? '' : 'CHAIN',
              reason: 'Valid until 2027-01-01T00:00:00.000Z.',
            },
          };
          yield { done: 1, total: 1, result: { recordId: 'r', done: 1 } };
        },
      });
    });
    const ours = new Set(['listConnections', 'listBundles', 'plan', 'apply']);
    return {
      unary: (method, ...rest) => (ours.has(method.localName) ? own : fake).unary(method, ...rest),
      stream: (method, ...rest) => (ours.has(method.localName) ? own : fake).stream(method, ...rest),
    };
  };
}

const type = (label: string | RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));

describe('minting an SVID', () => {
  it('S-13: sends a signing request and no key; the key is saved from this window', async () => {
    const asked: JsonObject[] = [];
    const saved: string[] = [];
    URL.createObjectURL = (blob) => {
      void (blob as Blob).text().then((text) => saved.push(text));
      return 'blob:test';
    };
    URL.revokeObjectURL = () => {};
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    renderConsole('/mint?spiffeId=spiffe://a.example/web', undefined, minting(asked));
    await screen.findByLabelText('SPIFFE ID', {}, WAIT);
    press('Review…');
    fireEvent.click(await screen.findByRole('button', { name: 'Mint 1 X.509-SVID' }, WAIT));
    await screen.findByText(/The key is in this window only/, {}, WAIT);
    expect(asked[0]).toMatchObject({ action: 'svid.mintX509', connection: 'prod' });
    expect(JSON.stringify(asked)).toContain('CERTIFICATE REQUEST');
    expect(JSON.stringify(asked)).not.toContain('PRIVATE');
    expect(document.body.textContent).not.toContain('PRIVATE');
    press('Save the key');
    await waitFor(() => expect(saved).toHaveLength(1), WAIT);
    expect(saved[0]).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    press('Save all in one file');
    await waitFor(() => expect(saved).toHaveLength(2), WAIT);
    expect(saved[1]).toMatch(/PRIVATE KEY-----\nCHAIN-----BEGIN CERTIFICATE/);
    click.mockRestore();
  });

  it('S-14: hides the token, and forgets it a minute after the window was used last', async () => {
    const { router } = renderConsole(
      '/mint?kind=jwt&spiffeId=spiffe://a.example/web',
      undefined,
      minting([]),
    );
    await screen.findByLabelText('SPIFFE ID', {}, WAIT);
    type('Audience', 'billing');
    fireEvent.keyDown(screen.getByLabelText('Audience'), { key: 'Enter' });
    press('Review…');
    fireEvent.click(await screen.findByRole('button', { name: 'Mint 1 JWT-SVID' }, WAIT));
    await screen.findByText(/The token is in this window only/, {}, WAIT);
    expect(document.body.textContent).not.toContain(TOKEN);
    const later = Date.now() + 61_000;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => later);
    await act(() => new Promise((resolve) => setTimeout(resolve, 1100)));
    clock.mockRestore();
    await screen.findByText(/It was forgotten here/, {}, WAIT);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(router.state.location.href).not.toContain('e30');
  });

  it.each([
    ['spiffe://a.example:80/x', /port|character/i],
    ['spiffe://other.example/x', /signs for a\.example only/],
    ['spiffe://a.example/spire/agent/x', /SPIRE’s own/],
    ['', /Whose SVID/],
  ])('refuses the ID “%s” beside its field, before anything is planned', async (id, reason) => {
    const asked: JsonObject[] = [];
    renderConsole('/mint', undefined, minting(asked));
    await screen.findByLabelText('SPIFFE ID', {}, WAIT);
    type('SPIFFE ID', id);
    press('Review…');
    await screen.findByText(reason, {}, WAIT);
    expect(asked).toEqual([]);
  });

  it('is not offered where the server would refuse, with the reason', async () => {
    renderConsole('/mint', undefined, minting([], 'It does not permit this to our identity.'));
    const button = await screen.findByRole('button', { name: 'Review…' }, WAIT);
    expect(button.getAttribute('aria-disabled') ?? button.hasAttribute('disabled')).toBeTruthy();
    expect(document.body.textContent).toContain('It does not permit this to our identity.');
  });
});
