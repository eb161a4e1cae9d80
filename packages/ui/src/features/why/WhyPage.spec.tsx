// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { forAddress, parseLines } from './reading.ts';

prepareDom();

const evidence = () => screen.findByRole('textbox', { name: 'Evidence' }, { timeout: 10_000 });
const selectors = () =>
  screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Selectors that are compared' });
const verdict = (words: RegExp) => screen.findByText(words, { selector: '.why-verdict' }, { timeout: 5000 });

describe('why', () => {
  it('reads what is pasted, asks, and shows the answer with what to do', async () => {
    const { router } = renderConsole('/why');
    fireEvent.change(await evidence(), {
      target: {
        value: JSON.stringify([
          { Name: '/t', Config: { Labels: { app: 'Trainer' }, Env: ['A=b', 'DB_PASSWORD=hunter2'] } },
        ]),
      },
    });
    await verdict(/^No entry matches\. Asked with docker:label:app:Trainer docker:env:A=b\.$/u);
    expect(selectors().value).toBe('docker:label:app:Trainer\ndocker:env:A=b');
    expect(document.body.textContent).toContain('DB_PASSWORD');
    expect(selectors().value).not.toContain('hunter2');
    expect(screen.getByText('other case')).toBeTruthy();
    expect(screen.getByText(/--label app=trainer/u)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'New entry…' }).getAttribute('href')).toMatch(
      /^\/entries\/new\?/u,
    );
    // S-21: values of the environment stay out of the address, and so out of the browser's history.
    expect(router.state.location.href).toContain('sel=docker:label:app:Trainer');
    expect(router.state.location.href).not.toMatch(/env|hunter2/u);
  }, 20_000);

  it('S-11: makes no link of an address that is not ours', async () => {
    renderConsole('/why?sel=docker:label:app:Trainer');
    await verdict(/^No entry matches/u);
    expect(screen.queryByRole('link', { name: 'Evil' })).toBeNull();
  }, 20_000);

  it('sends secrets only when told to', async () => {
    renderConsole('/why');
    fireEvent.change(await evidence(), {
      target: {
        value: JSON.stringify([
          { Name: '/t', Config: { Labels: { app: 'x' }, Env: ['DB_PASSWORD=hunter2'] } },
        ]),
      },
    });
    await verdict(/Asked with docker:label:app:x\.$/u);
    fireEvent.click(screen.getByRole('checkbox', { name: /look like secrets/u }));
    await verdict(/docker:env:DB_PASSWORD=hunter2/u);
  }, 20_000);

  it('opens from its address, and shows an identity', async () => {
    renderConsole('/why?sel=docker:label:app:trainer&connection=spire-org-a');
    await verdict(/^It gets spiffe:/u);
    const card = screen.getByRole('article');
    expect(within(card).getByText('issued')).toBeTruthy();
    expect(within(card).getByText('matches')).toBeTruthy();
    expect(within(card).getByText(/attested agent/u)).toBeTruthy();
  }, 20_000);

  it('says what is wrong with evidence and with a line, and asks nothing then', async () => {
    renderConsole('/why');
    fireEvent.change(await evidence(), { target: { value: 'kind: Pod\nspec: {containers: [' } });
    await screen.findByText(/cannot be read at line/u, {}, { timeout: 5000 });
    fireEvent.change(selectors(), { target: { value: 'nonsense' } });
    await screen.findByText(/^Line 1: A selector is written type:value/u);
    await waitFor(() => expect(document.querySelector('.why-verdict')).toBeNull());
  }, 20_000);
});

describe('selectors', () => {
  it('are read by the line, and leave the environment out of an address', () => {
    expect(parseLines(' unix:uid:1 \n\nunix:uid:1\n').selectors).toEqual([{ type: 'unix', value: 'uid:1' }]);
    expect(parseLines('a:b\nx').problem).toMatch(/^Line 2/u);
    expect(forAddress('docker:env:A=b\nunix:uid:1')).toBe('unix:uid:1');
    expect(forAddress('docker:env:A=b')).toBeUndefined();
    expect(forAddress(`a:${'x'.repeat(2000)}`)).toBeUndefined();
  });
});
