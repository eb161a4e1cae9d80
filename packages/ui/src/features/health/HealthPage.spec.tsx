// @vitest-environment jsdom
import { fireEvent, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();

it('shows groups with why they matter, findings of one of them, and one finding with its remedy', async () => {
  const { router } = renderConsole('/health');
  const group = await screen.findByRole('button', { name: /Title of orphan/u }, { timeout: 10_000 });
  expect(screen.getAllByRole('row')).toHaveLength(3);
  expect(screen.getByText(/SPIFFE IDs have the form/u)).toBeTruthy();
  expect(screen.getByRole('button', { name: /Twins/u })).toBeTruthy();
  fireEvent.click(group);
  await screen.findByText('orphan matters.');
  expect(router.state.location.href).toContain('code=orphan');
  await screen.findByRole('row', { name: /orphan/u });
  fireEvent.click(screen.getByRole('row', { name: /orphan/u }));
  expect(await screen.findByRole('link', { name: 'Who gets it?' })).toHaveProperty(
    'href',
    expect.stringContaining('/why?connection=spire-org-a&entry=id-orphan'),
  );
  expect(screen.getByRole('link', { name: 'Show the entry' }).getAttribute('href')).toBe(
    '/entries?id=spire-org-a/id-orphan',
  );
}, 20_000);

it('opens a kind without findings and says that the rule was held', async () => {
  renderConsole('/health?code=similar');
  expect(await screen.findByText('Nothing found', {}, { timeout: 10_000 })).toBeTruthy();
  expect(screen.getByText('Twins matter.')).toBeTruthy();
}, 20_000);
