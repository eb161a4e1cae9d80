// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();
const WAIT = { timeout: 8000 };

it('says how a server is, and sets its log level by plan', async () => {
  renderConsole('/connections?name=spire-org-a');
  const section = await screen.findByRole('region', { name: 'The server itself' }, WAIT);
  await within(section).findByText('serving', {}, WAIT);
  const set = within(section).getByRole('button', { name: 'Set…' });
  expect(set.getAttribute('aria-disabled')).toBe('true');
  fireEvent.change(within(section).getByRole('combobox', { name: 'Log level' }), {
    target: { value: 'warn' },
  });
  fireEvent.click(within(section).getByRole('button', { name: 'Set…' }));
  await screen.findByText(/its own audit log/, {}, WAIT);
  await screen.findByRole('button', { name: 'Set the log level to WARN' }, WAIT);
});

it('counts only when asked', async () => {
  renderConsole('/connections?name=spire-org-a');
  const section = await screen.findByRole('region', { name: 'The server itself' }, WAIT);
  fireEvent.click(await within(section).findByRole('button', { name: 'Read uptime and counts' }, WAIT));
  expect((await within(section).findByText(/220 entries/, {}, WAIT)).textContent).toContain('24 agents');
});
