// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { AuthorityKind, AuthoritySchema, AuthoritySlot } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { actionInput } from '../../components/index.ts';
import { axisTone, slotState, stepWords } from './words.ts';

prepareDom();
const WAIT = { timeout: 8000 };

describe('Authorities', () => {
  it('shows every server’s keys where they stand, and says why one cannot be read', async () => {
    renderConsole('/authorities');
    const x509 = await screen.findByRole('region', { name: 'X.509 authorities of org-a.test' }, WAIT);
    const places = within(within(x509).getByRole('list', { name: 'Slots' })).getAllByRole('listitem');
    expect(places.map((place) => place.textContent?.slice(0, 12))).toEqual([
      expect.stringMatching(/^Prepared/),
      expect.stringMatching(/^Active0a1b/),
      expect.stringMatching(/^Oldf8d3/),
      expect.stringMatching(/^Taintednext/),
      expect.stringMatching(/^Gone/),
    ]);
    // Each bar of the picture says its facts in words.
    const axis = within(x509).getByRole('group', { name: /^Validity of/ });
    expect(
      within(axis)
        .getAllByRole('img')
        .map((bar) => bar.getAttribute('aria-label')),
    ).toEqual([
      expect.stringMatching(/^active 0a1b.*: from (59 min|60 min|1 h) ago, until in 2[23] h$/),
      expect.stringMatching(/^old, trusted f8d3.*until in 1[01] h$/),
    ]);
    const b = screen.getByRole('region', { name: 'X.509 authorities of org-b.test' });
    expect(b.textContent).toContain('cannot be read');
    expect(b.textContent).toContain('did not answer in time');
  });

  it('has the same facts in a table, and an address for it', async () => {
    const { router } = renderConsole('/authorities');
    fireEvent.click(await screen.findByRole('tab', { name: /Table/ }, WAIT));
    const grid = await screen.findByRole('grid', { name: 'Authorities' }, WAIT);
    expect(within(grid).getAllByRole('row')).toHaveLength(1 + 3);
    expect(router.state.location.href).toBe('/authorities?view=table');
    fireEvent.click(within(grid).getByRole('row', { name: /JWT/ }));
    await screen.findByRole('complementary', {}, WAIT);
    expect(router.state.location.search).toMatchObject({ at: 'spire-org-a/jwt', view: 'table' });
  });

  it('guides through the steps by what the server shows; a step that is not possible says why', async () => {
    renderConsole('/authorities?at=spire-org-a/x509');
    const detail = await screen.findByRole('complementary', {}, WAIT);
    const steps = within(within(detail).getByRole('list', { name: 'Steps of the rotation' }));
    expect(within(detail).getByRole('listitem', { current: 'step' }).textContent).toContain('Taint');
    expect(
      steps.getByRole('button', { name: 'Taint the old one…' }).getAttribute('aria-disabled'),
    ).toBeNull();
    expect(detail.textContent).toContain('Whether anybody still needs it.');
    expect(detail.textContent).toContain('not known');
    expect(steps.queryByRole('button', { name: 'Revoke the old one…' })).toBeNull();
    expect(detail.textContent).toContain('9 of 12 seen to renew since');
    expect(detail.textContent).toContain('1 of 3 signed by it');
  });

  it('plans a step with the input that the gateway gave, and changes nothing before it is applied', async () => {
    renderConsole('/authorities?at=spire-org-a/x509');
    fireEvent.click(await screen.findByRole('button', { name: 'Taint the old one…' }, WAIT));
    const dialog = await screen.findByRole('dialog', {}, WAIT);
    await within(dialog).findByText(/spire-org-a/, {}, WAIT);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), WAIT);
  });
});

describe('words', () => {
  const one = (slot: AuthoritySlot, more: { inBundle?: boolean; tainted?: boolean; hours?: number } = {}) =>
    create(AuthoritySchema, {
      kind: AuthorityKind.X509,
      slot,
      inBundle: more.inBundle ?? true,
      tainted: more.tainted ?? false,
      expiresAt: timestampFromMs(Date.now() + (more.hours ?? 1) * 3_600_000),
    });
  const word = (authority: ReturnType<typeof one>) => slotState(authority, Date.now()).word;

  it('tell taint and revocation by the bundle', () => {
    expect(word(one(AuthoritySlot.OLD))).toBe('old, trusted');
    expect(word(one(AuthoritySlot.OLD, { tainted: true }))).toBe('old, tainted');
    expect(word(one(AuthoritySlot.OLD, { inBundle: false }))).toBe('revoked');
    expect(word(one(AuthoritySlot.ACTIVE, { inBundle: false }))).toBe('active, not trusted');
    expect(word(one(AuthoritySlot.BUNDLE_ONLY))).toBe('in no slot');
    expect(axisTone(one(AuthoritySlot.ACTIVE, { hours: -1 }), Date.now())).toBe('bad');
  });

  it('take no input that is not an object, and name each action', () => {
    expect(actionInput('{"a":1}')).toEqual({ a: 1 });
    for (const bad of ['', '[1]', 'null', '{', '"x"']) expect(actionInput(bad)).toBeUndefined();
    const titles = ['prepare', 'activate', 'taint', 'revoke', 'taintUpstream', 'revokeUpstream'].map(
      (verb) => stepWords(`authority.${verb}`, AuthorityKind.JWT).title,
    );
    expect(new Set(titles).size).toBe(6);
  });
});
