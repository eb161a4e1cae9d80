// @vitest-environment jsdom
import { escapeText } from '@muster/domain/display';
import { act, configure, fireEvent, screen } from '@testing-library/react';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ODD_NAME, SpiffeIdText } from '../components/index.ts';
import { prepareDom } from './dom.ts';
import { fakeTransport, World } from './fake/index.ts';
import { hostileTransport, settled, shownTexts, smallWorld } from './hostile.ts';
import { DECEIVING_NAMES } from './payloads.ts';
import { renderConsole, renderWith } from './renderConsole.tsx';

prepareDom();
configure({ asyncUtilTimeout: 8000 });
// Rows of one name have one key; React says so for each.
beforeAll(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
afterAll(() => void vi.restoreAllMocks());

/** Fields that name something. Sentences may be in any language, names may not. */
const NAMES = new Set(
  'id spiffe_id parent_id name connection trust_domain trust_domains federates_with from from_instance instance candidates key_id target digest session client action hint address owner version attestation_type type value dns_names'.split(
    ' ',
  ),
);

const firstId = (world: World) =>
  encodeURIComponent(`${world.entries[0]?.connection}/${world.entries[0]?.id}`);
const PAGES: Readonly<Record<string, (name: string, world: World) => string>> = {
  overview: () => '/',
  entries: () => '/entries',
  'an entry': (_name, world) => `/entries?id=${firstId(world)}`,
  agents: (name) => `/agents?id=${encodeURIComponent(name)}`,
  'trust domains': (name) => `/trust-domains?name=${encodeURIComponent(`${name}/${name}`)}`,
  'a member of a channel': (name) =>
    `/channels?channel=${encodeURIComponent(`${name}/${name}`)}&member=${encodeURIComponent(`${name}/${name}`)}`,
  activity: (name) => `/activity?id=${encodeURIComponent(name)}`,
  authorities: (name) => `/authorities?at=${encodeURIComponent(`${name}/x509`)}`,
  expiry: () => '/expiry',
  'the Workload API': () => '/workload',
  why: () => '/why?sel=docker:label:app:trainer&connection=spire-org-a',
  federations: (name) => `/federation?id=${encodeURIComponent(`${name}/${name}`)}`,
  connections: (name) => `/connections?name=${encodeURIComponent(name)}`,
};

describe('S-12: a name that deceives is spelled out, and marked', () => {
  it.each(Object.keys(PAGES))('on %s', { timeout: 60_000 }, async (page) => {
    let name = '';
    const { router, world, client, container } = renderConsole('/nowhere', smallWorld(), (fake) =>
      hostileTransport(fake, (field) => (NAMES.has(field.name) ? name : undefined)),
    );
    for (const [kind, deceiving] of Object.entries(DECEIVING_NAMES)) {
      name = deceiving;
      await act(() => router.navigate({ href: '/nowhere', replace: true }).then(() => client.clear()));
      await act(() => router.navigate({ href: PAGES[page]?.(name, world) ?? '', replace: true }));
      await settled(client);
      const foreign = [...name].filter((char) => char > '~');
      const raw = shownTexts(document.body).filter(({ text }) => foreign.some((char) => text.includes(char)));
      expect(raw, kind).toEqual([]);
      expect(container.textContent, kind).toContain(escapeText(name.slice(name.lastIndexOf('/') + 1)));
      expect(container.querySelector('.sid-odd'), kind).not.toBeNull();
    }
  });
});

describe('S-12: a SPIFFE ID', () => {
  const long = `spiffe://org-a.test/${'deployments/'.repeat(30)}sa/web`;
  it('says on hover why it is marked, and is copied as it is shown', async () => {
    const { container } = renderWith(<SpiffeIdText id={'spiffe://org-a.test/ad\u200bmin'} copy />);
    expect(container.textContent).toContain('spiffe://org-a.test/ad\\u{200b}min');
    fireEvent.mouseEnter(container.querySelector('.sid') ?? container);
    expect(await screen.findByText(ODD_NAME)).toBeTruthy();
  });
  it('keeps its trust domain and its last segment where it is cut', () => {
    const { container } = renderWith(<SpiffeIdText id={long} />);
    expect(container.querySelector('.td-tag')?.textContent).toBe('org-a.test');
    expect(container.querySelector('.sid-last')?.textContent).toBe('/web');
  });
  it('is whole, in the machine’s type, where its deletion is confirmed', { timeout: 30_000 }, async () => {
    const world = smallWorld();
    const [entry] = world.entries;
    if (!entry) throw new Error('The world has no entry.');
    entry.spiffeId = `${long}\u202e`;
    renderConsole(`/entries?id=${firstId(world)}`, world, () => fakeTransport(world));
    fireEvent.click(await screen.findByRole('button', { name: 'Delete…' }));
    const dialog = await screen.findByRole('dialog');
    await screen.findByText('delete', { selector: '.plan-verb' });
    const target = dialog.querySelector('.plan-target .sid');
    expect(target?.textContent).toBe(escapeText(entry.spiffeId));
    expect([...(target?.classList ?? [])]).toEqual(expect.arrayContaining(['sid-whole', 'sid-odd']));
  });
});
