// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { UNREACHABLE } from '../../testing/fake/reachRoutes.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { nameProblem } from './words.ts';

prepareDom();
const WAIT = { timeout: 8000 };
const box = (name: RegExp) => screen.findByRole<HTMLInputElement>('combobox', { name }, WAIT);
const verdict = (words: RegExp) =>
  screen.findByText(
    (_text, element) => element?.matches('.reach-verdict') === true && words.test(element.textContent),
    {},
    WAIT,
  );

describe('why no message', () => {
  it('asks once both names are there, and shows the first thing that is wrong with what mends it', async () => {
    const { router } = renderConsole('/reach');
    await screen.findByText('Who does not hear whom?', {}, WAIT);
    fireEvent.change(await box(/^Who sends/u), { target: { value: 'acme/ops/bob' } });
    fireEvent.change(await box(/^Who should hear it/u), { target: { value: 'acme/payments/ledger-agent' } });
    const said = await verdict(/^Does not arrive\. acme\/ops\/bob does not reach/u);
    // S-12: what reorders letters is spelled out.
    expect(said.textContent).toContain('\\u{202e}');
    expect(router.state.location.href).toBe('/reach?from=acme/ops/bob&to=acme/payments/ledger-agent');
    const step = screen.getByText(/^Node’s own route to/u, { selector: '.reach-step-title' }).closest('li');
    expect(step?.getAttribute('aria-current')).toBe('step');
    expect(within(step as HTMLElement).getByText('first wrong')).toBeTruthy();
    const way = screen.getByRole('list', { name: /^The way over harbor\/quay-2, lighthouse\/lamp-1/u });
    expect(way.textContent).toContain('route missing');
    fireEvent.click(
      screen.getByRole('button', { name: /^Or remove the link between harbor and lighthouse/u }),
    );
    await screen.findByRole('dialog', {}, WAIT);
  }, 20_000);

  it('opens from its address; the other way round is one click', async () => {
    const { router } = renderConsole('/reach?from=acme/ops/alice&to=acme/ops/bob');
    await verdict(/^Should arrive\./u);
    fireEvent.click(screen.getByRole('button', { name: /other way round/u }));
    await verdict(/^Does not arrive\./u);
    expect(router.state.location.href).toBe('/reach?from=acme/ops/bob&to=acme/ops/alice');
    expect(screen.getByRole('link', { name: 'Show it on the map' }).getAttribute('href')).toBe(
      '/network?from=acme/ops/bob&to=acme/ops/alice&cp=control-plane',
    );
  }, 20_000);

  it('asks of a whole channel, and says who is where in a table', async () => {
    renderConsole('/reach?channel=acme/ops/incident-room');
    await verdict(/does not reach everyone in acme\/ops\/incident-room/u);
    const table = within(screen.getByRole('region', { name: 'Who is where' })).getByRole('table');
    const rows = within(table).getAllByRole('row');
    expect(rows[1]?.textContent).toMatch(/^harbor\/quay-22?11/u);
    expect(rows[2]?.textContent).toContain('acme/support/triage-bot');
  }, 20_000);

  it('S-11: makes no link of an address that is not ours', async () => {
    renderConsole('/reach?from=acme/ops/alice&to=acme/ops/bob');
    await verdict(/^Should arrive\./u);
    const route = screen.getByText(/^Route to/u, { selector: '.reach-step-title' }).closest('li');
    expect(within(route as HTMLElement).queryByRole('link')).toBeNull();
    expect(screen.getAllByRole('link', { name: 'Show' }).length).toBeGreaterThan(0);
  }, 20_000);

  it('says what is wrong with a name, and asks nothing then', async () => {
    renderConsole('/reach?from=acme/ops&to=acme/ops/bob');
    await screen.findByText(/A SLIM name is written/u, {}, WAIT);
    expect(document.querySelector('.reach-verdict')).toBeNull();
    expect(nameProblem('')).toBeUndefined();
    expect(nameProblem('a/b/c')).toBeUndefined();
  }, 20_000);

  it('says that it could not be looked at, and looks again', async () => {
    renderConsole(`/reach?from=acme/ops/bob&to=${UNREACHABLE}`);
    await screen.findByText(/did not answer in time/u, {}, WAIT);
    const again = screen.getByRole('button', { name: /again/iu });
    fireEvent.click(again);
    await waitFor(() => expect(screen.getByText(/did not answer in time/u)).toBeTruthy());
  }, 20_000);
});
