// @vitest-environment jsdom
import { ChangeKind, ChangeSchema, ChangeVerb } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { toCsv } from './words.ts';

prepareDom();

it('lists changes, filters them by the address, and opens one with its differences', async () => {
  const { router } = renderConsole('/history');
  const row = await screen.findByRole('row', { name: /changed/u }, { timeout: 10_000 });
  expect(screen.getAllByRole('row')).toHaveLength(3);
  fireEvent.click(row);
  const panel = await screen.findByRole('complementary');
  expect(within(panel).getByText('old')).toBeTruthy();
  expect(within(panel).getByText('=cmd()')).toBeTruthy();
  expect(within(panel).getByText('Made elsewhere.')).toBeTruthy();
  expect(router.state.location.href).toContain('id=2');
  fireEvent.click(screen.getByRole('button', { name: 'What happened' }));
  fireEvent.click(await screen.findByRole('option', { name: /removed/u, hidden: true }));
  expect(await screen.findByRole('row', { name: /gone/u })).toBeTruthy();
  expect(router.state.location.href).toContain('verb=removed');
}, 20_000);

it('explains an empty list', async () => {
  renderConsole('/history?target=nothing');
  expect(await screen.findByText('No change matches', {}, { timeout: 10_000 })).toBeTruthy();
}, 20_000);

it('S-22: exports cells that no spreadsheet runs', () => {
  const change = create(ChangeSchema, {
    kind: ChangeKind.ENTRY,
    verb: ChangeVerb.CHANGED,
    target: 'spiffe://a.test/x',
    entryId: '=1+1',
    fields: [{ field: 'Hint', before: 'a', after: 'b\n=c' }],
  });
  expect(toCsv([change]).split('\r\n')[1]).toContain(`,'=1+1,`);
  expect(toCsv([change]).split('\r\n')).toHaveLength(3);
});
