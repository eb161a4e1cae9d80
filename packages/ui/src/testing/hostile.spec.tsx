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
  /** What shows that it is there, where that is no dialog. */
  readonly opened?: string;
  /** Fields that keep their words, because the page would not come up without them. */
  readonly keep?: readonly string[];
}

const press = async (name: RegExp | string) => {
  fireEvent.click((await screen.findAllByRole('button', { name }))[0] ?? document.body);
};
const paste = async () => {
  fireEvent.change(await screen.findByLabelText('Entries as CSV, YAML or JSON'), {
    target: { value: 'spiffe_id,parent_id,selectors\nspiffe://a.test/a,spiffe://a.test/p,unix:uid:1' },
  });
  await act(() => new Promise((resolve) => setTimeout(resolve, 700)));
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
  { page: 'a channel on all sides', address: (said) => `${inChannel(said)}&view=compare` },
  { page: 'what happened in channels', address: '/roster' },
  { page: 'what happened once', address: '/roster?id=1' },
  { page: 'approvals', address: '/approvals' },
  { page: 'an approval', address: (said) => `/approvals?id=${encodeURIComponent(said)}` },
  { page: 'owner keys', address: '/owner-keys' },
  { page: 'an owner key', address: (said) => `/owner-keys?id=${encodeURIComponent(said)}` },
  { page: 'the network', address: '/network' },
  ...['nodes', 'routes', 'links', 'segments'].map((tab) => ({
    page: `the network’s ${tab}`,
    address: `/network?tab=${tab}`,
  })),
  {
    page: 'a node',
    address: (said) =>
      `/network?tab=nodes&open=node&id=${encodeURIComponent(said)}&on=${encodeURIComponent(said)}`,
  },
  { page: 'why no message', address: '/reach?from=org/ns/a&to=org/ns/b' },
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
  { page: 'an SVID’s rotations', address: (said) => `/workload?tab=events&id=${encodeURIComponent(said)}` },
  { page: 'bundles of the Workload API', address: '/workload?tab=bundles' },
  { page: 'minting', address: '/mint' },
  { page: 'entries by parent', address: '/entries?view=parents' },
  { page: 'entries by path', address: '/entries?view=paths' },
  { page: 'join tokens', address: '/agents?tab=tokens' },
  {
    page: 'an agent',
    address: (said) => `/agents?on=${encodeURIComponent(said)}&id=${encodeURIComponent(said)}`,
  },
  { page: 'authorities', address: '/authorities' },
  { page: 'authorities as a table', address: '/authorities?view=table' },
  { page: 'a rotation', address: (said) => `/authorities?at=${encodeURIComponent(`${said}/x509`)}` },
  { page: 'expiry', address: '/expiry' },
  {
    page: 'one that expires',
    address: (said, world) =>
      `/expiry?at=${encodeURIComponent(`1 ${said} ${said} ${said} ${world.entries[0]?.expiresAt?.seconds}`)}`,
  },
  { page: 'why', address: '/why?sel=docker:label:app:trainer&connection=spire-org-a' },
  {
    page: 'why, with what the server says in the address',
    address: (said) =>
      `/why?sel=${encodeURIComponent(`a:${said.slice(0, 1500)}`)}&expected=${encodeURIComponent(said.slice(0, 1500))}`,
  },
  { page: 'health', address: '/health' },
  {
    page: 'findings of one kind',
    address: (said) => `/health?code=${encodeURIComponent(said.slice(0, 1500))}`,
  },
  { page: 'history', address: '/history' },
  { page: 'a change', address: '/history?id=2' },
  {
    page: 'a file that cannot be imported',
    address: '/entries/import',
    open: () => paste(),
    opened: '.import-problems',
  },
  {
    page: 'an import',
    address: '/entries/import',
    keep: ['problems'],
    open: () => paste(),
    opened: '[role=grid]',
  },
  {
    page: 'clones',
    address: (_said, world) => `/entries/clone?connection=spire-org-a&ids=${world.entries[0]?.id}`,
  },
  { page: 'what can be generated', address: '/generate' },
  {
    page: 'a generated file',
    address: (said, world) =>
      `/generate?connection=${encodeURIComponent(said.slice(0, 1500))}&entry=${world.entries[0]?.id}&kind=docker-run`,
  },
];

describe('S-11: whatever a server says is text', () => {
  it('by more than 40 payloads', () => expect(PAYLOAD_COUNT).toBeGreaterThan(40));
  it.each(PAGES)(
    'on $page',
    { timeout: 120_000 },
    async ({ address, open, opened = '[role=dialog], dialog, .launch-link', keep = [] }) => {
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
          if (!document.querySelector(opened)) problems.push('did not open');
        }
        problems.push(...problemsOf(container, said));
      }
      expect([...new Set(problems)]).toEqual([]);
      expect('pwned' in globalThis).toBe(false);
    },
  );
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
    // A field that is edited holds the value itself; its hints and names are texts like all others.
    if (!/textarea[^[]*$/u.test(place) && UNSEEN.test(shown.replaceAll('\n', '')))
      problems.push(`unseen characters in ${place}`);
  return problems;
}
