// @vitest-environment jsdom
import { escapeText } from '@muster/domain/display';
import { act, configure, fireEvent, screen } from '@testing-library/react';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { proseText } from '../components/index.ts';
import { prepareDom } from './dom.ts';
import type { World } from './fake/index.ts';
import {
  hostileTransport,
  injected,
  type Poison,
  settled,
  shownTexts,
  smallWorld,
  UNSEEN,
} from './hostile.ts';
import { PAYLOAD_COUNT, PAYLOADS } from './payloads.ts';
import { renderConsole } from './renderConsole.tsx';

prepareDom();
configure({ asyncUtilTimeout: 8000 });

// Rows of one name have one key; React says so for each, and what it says holds 64 KiB.
beforeAll(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
afterAll(() => void vi.restoreAllMocks());

interface HostilePage {
  readonly page: string;
  readonly address: string | ((said: string, world: World) => string);
  /** Brings up what is not in the address: a dialog, or a card. */
  readonly open?: () => Promise<void> | void;
  /** Fields that keep their words, because the page would not come up without them. */
  readonly keep?: readonly string[];
}

const press = async (name: RegExp | string) => {
  fireEvent.click((await screen.findAllByRole('button', { name }))[0] ?? document.body);
};
const inChannel = (said: string) => `/channels?channel=${encodeURIComponent(`${said}/${said}`)}`;
const firstId = (world: World) => `${world.entries[0]?.connection}/${world.entries[0]?.id}`;

const PAGES: readonly HostilePage[] = [
  { page: 'overview', address: '/' },
  { page: 'entries', address: '/entries' },
  { page: 'an entry', address: (_said, world) => `/entries?id=${encodeURIComponent(firstId(world))}` },
  { page: 'a new entry', address: '/entries/new' },
  {
    page: 'an entry to change',
    address: (_said, world) => `/entries/new?edit=${encodeURIComponent(firstId(world))}`,
  },
  { page: 'agents', address: (said) => `/agents?id=${encodeURIComponent(said)}` },
  {
    page: 'trust domains',
    address: (said) => `/trust-domains?name=${encodeURIComponent(`${said}/${said}`)}`,
  },
  { page: 'the map', address: '/trust-domains?tab=map' },
  { page: 'compared bundles', address: '/trust-domains?tab=compare&left=a/a.test&right=b/b.test' },
  { page: 'federations', address: '/federation' },
  {
    page: 'a federation',
    address: (said) => `/federation?probe=1&id=${encodeURIComponent(`${said}/${said}`)}`,
  },
  { page: 'the federation doctor', address: '/federation?tab=doctor&probe=1' },
  { page: 'a new federation', address: '/federation?task=new' },
  { page: 'channels', address: '/channels' },
  { page: 'a channel', address: inChannel },
  {
    page: 'a member',
    address: (said) => `${inChannel(said)}&member=${encodeURIComponent(`${said}/${said}`)}`,
  },
  { page: 'an invitation', address: inChannel, keep: ['locked_reason'], open: () => press('Invite') },
  { page: 'a new channel', address: '/channels', open: () => press('New channel') },
  { page: 'activity', address: (said) => `/activity?id=${encodeURIComponent(said)}` },
  { page: 'connections', address: (said) => `/connections?name=${encodeURIComponent(said)}` },
  { page: 'sessions', address: '/sessions', open: () => press('Create sign-in link') },
  {
    page: 'a plan',
    address: (_said, world) => `/entries?id=${encodeURIComponent(firstId(world))}`,
    keep: ['name'],
    open: () => press('Delete…'),
  },
  { page: 'the inspector', address: '/inspect' },
  { page: 'the Workload API', address: '/workload' },
  { page: 'minting', address: '/mint' },
];

describe('S-11: whatever a server says is text', () => {
  it('by more than 40 payloads', () => expect(PAYLOAD_COUNT).toBeGreaterThan(40));
  it.each(PAGES)('on $page', { timeout: 120_000 }, async ({ address, open, keep = [] }) => {
    const problems: string[] = [];
    let said = PAYLOADS[0] ?? '';
    const poison: Poison = ({ name }) => (keep.includes(name) ? undefined : said);
    const at = (world: World) => (typeof address === 'string' ? address : address(said, world));
    const { router, world, client, container } = renderConsole('/nowhere', smallWorld(), (fake) =>
      hostileTransport(fake, poison),
    );
    for (said of PAYLOADS) {
      await act(() => router.navigate({ href: '/nowhere', replace: true }).then(() => client.clear()));
      await act(() => router.navigate({ href: at(world), replace: true }));
      await settled(client);
      if (open) {
        await act(async () => open());
        await settled(client);
        if (!document.querySelector('[role=dialog], dialog, .launch-link')) problems.push('did not open');
      }
      problems.push(...problemsOf(container, said));
    }
    expect([...new Set(problems)]).toEqual([]);
    expect('pwned' in globalThis).toBe(false);
  });
});

function problemsOf(container: HTMLElement, said: string): string[] {
  const label = escapeText(said.slice(0, 40));
  const problems = injected(document.body).map((what) => `${label}: ${what}`);
  if (screen.queryByText('This page failed') ?? container.querySelector('.page-failed'))
    problems.push(`${label}: the page failed`);
  const text = document.body.textContent ?? '';
  const start = said.slice(0, 200);
  if (![start, escapeText(start), proseText(start)].some((form) => text.includes(form)))
    problems.push(`${label}: not shown`);
  for (const { text: shown, place } of shownTexts(document.body))
    if (UNSEEN.test(shown.replaceAll('\n', ''))) problems.push(`unseen characters in ${place}`);
  return problems;
}
