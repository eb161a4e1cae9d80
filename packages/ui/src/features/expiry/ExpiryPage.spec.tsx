// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { ExpiryBinSchema, ExpiryKind, ExpirySchema } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { toStretches } from './columns.ts';
import { toCsv } from './csv.ts';
import { toRequest } from './search.ts';

prepareDom();
const WAIT = { timeout: 8000 };

describe('Expiry', () => {
  it('lists what expires soonest first, with the same on an axis', async () => {
    renderConsole('/expiry');
    const axis = await screen.findByRole('group', { name: /How many expire/ }, WAIT);
    const names = within(axis)
      .getAllByRole('button')
      .map((column) => column.getAttribute('aria-label'));
    expect(names).toEqual([
      expect.stringMatching(/^Expired and still there: \d+$/),
      'Within 1 h: nothing',
      expect.stringMatching(/^In 1 h to 24 h: \d+$/),
      'In more than 24 h: 1',
    ]);
    const rows = await screen.findAllByRole('row', {}, WAIT);
    expect(rows[1]?.textContent).toContain('ago');
    expect(await screen.findByText('1 not looked at', {}, WAIT)).toBeTruthy();
  });

  it('a column of the axis chooses its stretch, and the address keeps it', async () => {
    const { router } = renderConsole('/expiry');
    fireEvent.click(await screen.findByRole('button', { name: /^In 1 h to 24 h/ }, WAIT));
    await waitFor(
      () => expect(router.state.location.search).toMatchObject({ from: '3600', to: '86400' }),
      WAIT,
    );
    const chosen = await screen.findByRole('button', { name: /^In 1 h to 24 h/, pressed: true }, WAIT);
    await waitFor(() => expect(screen.queryByText(/ago$/, { selector: '[role=row] time' })).toBeNull(), WAIT);
    fireEvent.click(chosen);
    await waitFor(() => expect(router.state.location.href).toBe('/expiry'), WAIT);
    fireEvent.click(await screen.findByRole('button', { name: /^Expired and still there/ }, WAIT));
    await waitFor(() => expect(router.state.location.href).toBe('/expiry?expired=only'), WAIT);
  });

  it('opens one with what happens then, and leads to it', async () => {
    const { router } = renderConsole('/expiry?kind=entry');
    const row = (await screen.findAllByRole('row', { name: /spiffe/ }, WAIT))[0];
    fireEvent.click(row ?? document.body);
    const detail = await screen.findByRole('complementary', {}, WAIT);
    expect(detail.textContent).toContain('pruned within 5 minutes');
    expect(within(detail).getByRole('link').getAttribute('href')).toMatch(/^\/entries\?id=/);
    expect(router.state.location.search).toMatchObject({ at: expect.stringContaining('spiffe') as string });
  });

  it('says that nothing of a kind expires', async () => {
    renderConsole('/expiry?kind=token');
    await screen.findByText('Nothing expires there', {}, WAIT);
    expect(screen.getByRole('button', { name: 'Export CSV' }).getAttribute('aria-disabled')).toBe('true');
  });
});

describe('the address', () => {
  it('becomes a request, and nonsense in it nothing', () => {
    expect(toRequest({ kind: 'x509', within: '86400' })).toMatchObject({
      kinds: [ExpiryKind.X509_AUTHORITY],
      span: 86_400n,
      within: 86_400n,
      expired: true,
    });
    expect(toRequest({ from: '0', to: '60' })).toMatchObject({ after: 0n, within: 60n, expired: false });
    expect(toRequest({ from: '3600', to: '9999999', within: '7200' })).toMatchObject({ within: 7200n });
    expect(toRequest({ expired: 'only' })).toMatchObject({ onlyExpired: true });
    expect(toRequest({ kind: 'evil', within: '-1', from: 'x', to: '9'.repeat(40) })).toMatchObject({
      kinds: [],
      span: 0n,
      after: 0n,
      within: 0n,
    });
  });
});

describe('the file', () => {
  it('S-22: has no cell that a spreadsheet would run', () => {
    const text = toCsv([
      create(ExpirySchema, {
        kind: ExpiryKind.ENTRY,
        name: '=HYPERLINK("https://evil.test")',
        trustDomain: 'a.test',
        connection: 'a',
        expiresAt: timestampFromMs(1_800_000_000_000),
        note: 'Then, it is pruned.',
      }),
    ]);
    expect(text).toBe(
      'expires_at,kind,name,trust_domain,connection,valid_from,note\r\n' +
        '2027-01-15T08:00:00Z,entry,"\'=HYPERLINK(""https://evil.test"")",a.test,a,,"Then, it is pruned."\r\n',
    );
  });
});

it('the stretches of the axis keep what the answer says, kinds of one stretch together', () => {
  const now = 1_800_000_000_000;
  const at = (seconds: number) => timestampFromMs(now + seconds * 1000);
  const bin = (from: number | undefined, to: number | undefined, kind: ExpiryKind, count: bigint) =>
    create(ExpiryBinSchema, {
      ...(from !== undefined && { from: at(from) }),
      ...(to !== undefined && { to: at(to) }),
      kind,
      count,
    });
  const stretches = toStretches(
    [
      bin(undefined, 0, ExpiryKind.UNSPECIFIED, 0n),
      bin(0, 60, ExpiryKind.ENTRY, 2n),
      bin(0, 60, ExpiryKind.AGENT, 1n),
      bin(60, undefined, ExpiryKind.ENTRY, 1_000_000n),
    ],
    now,
  );
  expect(stretches.map(({ text, name, parts }) => [text, name, parts.map(({ count }) => count)])).toEqual([
    ['expired', 'Expired and still there', []],
    ['1 min', 'Within 1 min', [2n, 1n]],
    ['later', 'In more than 1 min', [1_000_000n]],
  ]);
});
