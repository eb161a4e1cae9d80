// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../testing/dom.ts';
import { renderConsole } from '../testing/renderConsole.tsx';
import { appPath } from '../components/index.ts';

prepareDom();
const WAIT = { timeout: 8000 };

describe('Overview', () => {
  it('puts the worst first and leads to it', async () => {
    const { router } = renderConsole('/');
    const list = await screen.findByRole('region', { name: 'Needs attention' }, WAIT);
    const items = await within(list).findAllByRole('listitem', {}, WAIT);
    expect(items[0]?.textContent).toContain('banned');
    fireEvent.click(within(items[0] ?? list).getByRole('button', { name: 'Show' }));
    await waitFor(() => expect(router.state.location.href).toBe('/entries?state=agent-banned'), WAIT);
  });

  it('makes no address of what a server says', () => {
    expect(appPath('/entries?q=a%20b')).toEqual({ to: '/entries', search: { q: 'a b' } });
    for (const link of [
      'javascript:alert(1)',
      'https://evil.test/entries',
      '//evil.test',
      '/entries/../x',
      '',
    ])
      expect(appPath(link)).toBeUndefined();
  });
});

it('Agents: says which are accepted, and why not', async () => {
  renderConsole('/agents?q=node-0');
  const row = await screen.findByRole('row', { name: /node-0/ }, WAIT);
  fireEvent.click(row);
  const detail = await screen.findByRole('complementary', {}, WAIT);
  await within(detail).findByText('by itself', {}, WAIT);
  expect(within(detail).getByRole('link', { name: 'Entries under it' }).getAttribute('href')).toContain(
    '/entries?',
  );
});

it('Trust domains: reads the authorities of a bundle', async () => {
  renderConsole('/trust-domains?name=spire-org-a/org-b.test');
  const detail = await screen.findByRole('complementary', {}, WAIT);
  expect(detail.textContent).toContain('CN=org-a.test');
  expect(within(detail).getByRole('img').getAttribute('aria-label')).toMatch(/expires in/);
  expect(within(detail).getByText('tainted')).toBeTruthy();
});

it('Activity: says how a change ended and why', async () => {
  renderConsole('/activity');
  fireEvent.click(await screen.findByRole('row', { name: /Delete 3 entries/ }, WAIT));
  const detail = await screen.findByRole('complementary', {}, WAIT);
  expect(detail.textContent).toContain('2 done, 1 refused');
});

it('Connections: says why one is degraded, and tries it again', async () => {
  renderConsole('/connections?name=workload-org-b');
  const detail = await screen.findByRole('complementary', {}, WAIT);
  expect(detail.textContent).toContain('JWT-SVIDs are refused');
  expect(detail.textContent).toContain('3 in a row');
  fireEvent.click(within(detail).getByRole('button', { name: 'Try again now' }));
  await within(detail).findByText('connecting', {}, WAIT);
});

it('Sessions: ends another after asking, and makes a link', async () => {
  const { world } = renderConsole('/sessions');
  fireEvent.click(await screen.findByRole('button', { name: 'Create sign-in link' }, WAIT));
  await screen.findByText(/#sign-in=/, {}, WAIT);
  fireEvent.click(screen.getAllByRole('button', { name: 'End…' })[0] ?? document.body);
  fireEvent.click(await screen.findByRole('button', { name: 'End session' }));
  await waitFor(() => expect(world.sessions).toHaveLength(2), WAIT);
});
