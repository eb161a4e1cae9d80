// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { useDrafts } from '../../stores/drafts.ts';
import { prepareDom } from '../../testing/dom.ts';
import { BROKEN, CONFLICT, MISTAKE, SAME, UPDATE } from '../../testing/fake/importRoutes.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';
import { takeFile, takeText } from './source.ts';
import { csvTemplate, yamlTemplate } from './templates.ts';

prepareDom();
const WAIT = { timeout: 15_000 };
beforeEach(() => useDrafts.getState().dropAll());

const row = (name: string) => `spiffe://org-a.test/${name},spiffe://org-a.test/host,unix:uid:1`;
const file = (...names: string[]) => ['spiffe_id,parent_id,selectors', ...names.map(row)].join('\n');
async function paste(text: string) {
  const box = await screen.findByLabelText('Entries as CSV, YAML or JSON', {}, WAIT);
  fireEvent.change(box, { target: { value: text } });
}
const review = () => screen.getByRole('button', { name: 'Review plan' });
const off = () => review().getAttribute('aria-disabled') === 'true';

describe('Import', () => {
  it('shows of each row what it would do, filters, and opens one in full', async () => {
    renderConsole('/entries/import');
    await paste(file('a', `b-${UPDATE}`, `c-${SAME}`));
    const all = await screen.findByRole('button', { name: /^all 3/ }, WAIT);
    expect(all.getAttribute('aria-pressed')).toBe('true');
    expect(screen.getByText('Hint: old → new')).toBeTruthy();
    expect(screen.getByText('Read as CSV.')).toBeTruthy();
    expect(off()).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: /^update 1/ }));
    await waitFor(() => expect(screen.queryByText(/as the server has it/)).toBeNull(), WAIT);
  });

  it('lets nothing through while a row is wrong, and says which and why', async () => {
    renderConsole('/entries/import');
    await paste(file('a', `b-${MISTAKE}`));
    await screen.findByText('x509_svid_ttl: -1 is negative.', {}, WAIT);
    expect(off()).toBe(true);
    expect(screen.getAllByText(/1 row has mistakes/).length).toBeGreaterThan(0);
    fireEvent.click(review());
    expect(screen.queryByRole('dialog')).toBeNull();
    await paste(`${BROKEN}\nx`);
    expect(
      (await screen.findByText(/the first line must name the columns/, {}, WAIT)).closest('li')?.textContent,
    ).toContain('Line 1');
  });

  it('leaves conflicts out only when told to', async () => {
    renderConsole('/entries/import');
    await paste(file('a', `b-${CONFLICT}`));
    fireEvent.click(await screen.findByLabelText('Leave out 1 in conflict', {}, WAIT));
    await waitFor(() => expect(off()).toBe(false), WAIT);
  });

  it('plans with a line a change, searches them, and applies', async () => {
    renderConsole('/entries/import');
    await paste(file(...Array.from({ length: 24 }, (_one, n) => `n${n}`)));
    await screen.findByRole('button', { name: /^all 24/ }, WAIT);
    fireEvent.click(review());
    const apply = await screen.findByRole('button', { name: 'Create 24 entries' }, WAIT);
    const dialog = within(screen.getByRole('dialog'));
    expect(dialog.getByText(/24 of 24 shown/)).toBeTruthy();
    expect(dialog.queryByText('Parent ID')).toBeNull();
    fireEvent.change(dialog.getByLabelText('Search the changes'), { target: { value: 'n23' } });
    expect(dialog.getAllByRole('listitem')).toHaveLength(1);
    fireEvent.click(apply);
    await screen.findByText('Applied: 24 done.', {}, WAIT);
    expect(screen.getByRole('button', { name: 'Download results' })).toBeTruthy();
  });

  it('keeps what was pasted when the page is left', async () => {
    const { router } = renderConsole('/entries/import');
    await paste(file('a'));
    await router.navigate({ to: '/sessions' });
    await router.navigate({ to: '/entries/import' });
    const box = await screen.findByLabelText<HTMLTextAreaElement>('Entries as CSV, YAML or JSON', {}, WAIT);
    expect(box.value).toBe(file('a'));
  });
});

describe('a file', () => {
  it('S-18: of 300 MB is refused by its size, and never read', async () => {
    const huge = {
      name: 'huge.csv',
      size: 300_000_000,
      text: () => Promise.reject(new Error('it was read')),
    };
    expect(await takeFile(huge)).toEqual({
      ok: false,
      reason: expect.stringMatching(
        /^huge\.csv has 286 MiB\. Files of up to 32 MiB are taken; split it/,
      ) as string,
    });
  });

  it('that is empty, no text, or large is said to be so or split', async () => {
    const of = (text: string, name = 'f.csv') =>
      takeFile({ name, size: text.length, text: () => Promise.resolve(text) });
    expect(await of('')).toMatchObject({ ok: false, reason: 'f.csv is empty.' });
    expect(await of('PK\u0003\u0004\0')).toMatchObject({ ok: false });
    expect(takeText(`- a: ${'x'.repeat(5_000_000)}`)).toMatchObject({ ok: false });
    const rows = Array.from({ length: 45_000 }, (_one, n) => `r${n},b`).join('\n');
    const taken = await of(`a,b\n${rows}`);
    expect(taken.ok && taken.source.parts.length).toBe(3);
  });

  it('can be begun from a template', () => {
    expect(csvTemplate('t.test').split('\r\n')[0]).toMatch(/^spiffe_id,parent_id,selectors/);
    expect(yamlTemplate('t.test')).toContain('spiffe://t.test/');
  });
});
