import { cleanup, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { mountInspector } from './testing/mount.tsx';
import { fakeInspector, makeSamples, type Samples } from './testing/samples.ts';

let samples: Samples;
beforeAll(async () => {
  samples = await makeSamples();
});
configure({ asyncUtilTimeout: 8000 });

const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
let saved: { name: string; blob: Blob }[] = [];
beforeEach(() => {
  saved = [];
  writeText.mockClear();
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } });
  let last: Blob | undefined;
  vi.stubGlobal(
    'URL',
    Object.assign(class extends URL {}, {
      createObjectURL: (blob: Blob) => {
        last = blob;
        return 'blob:report';
      },
      revokeObjectURL: () => undefined,
    }),
  );
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    if (last) saved.push({ name: this.download, blob: last });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function judged(text: string) {
  mountInspector(fakeInspector(samples));
  fireEvent.paste(await screen.findByRole('textbox', { name: /ocument/u }), {
    clipboardData: { files: [], getData: () => text },
  });
  return openMenu();
}
function fail(): never {
  throw new Error('There is no menu.');
}
async function openMenu() {
  fireEvent.click(await screen.findByRole('button', { name: /^Report/u }));
  // jsdom has no popovers: to it the menu is hidden, and so has no name.
  return within(
    await waitFor(() => document.querySelector<HTMLElement>('.menu[aria-label="Report"]') ?? fail()),
  );
}
async function choose(menu: Awaited<ReturnType<typeof openMenu>>, name: RegExp | string) {
  fireEvent.click(menu.getByRole('button', { name, hidden: true }));
  await waitFor(() => expect(saved.length + writeText.mock.calls.length).toBe(1));
  return saved[0] ? saved[0].blob.text() : (writeText.mock.calls[0]?.[0] ?? '');
}

describe('the report', () => {
  it.each([
    [/^Save as HTML/u, /^<!doctype html>/u, 'muster-report-pasted.html'],
    [/^Save as Markdown/u, /^# X\.509-SVID: valid/u, 'muster-report-pasted.md'],
    [/^Save as JSON/u, /^\{\n {2}"format": "muster-report\/1"/u, 'muster-report-pasted.json'],
  ])('%s', async (name, begin, file) => {
    const text = await choose(await judged(samples.leaf), name);
    expect(text).toMatch(begin);
    for (const part of ['spiffe://org-a.test/web', 'X-14', 'spire-a', 'org-a.test'])
      expect(text).toContain(part);
    expect(saved[0]?.name).toBe(file);
    await screen.findByRole('button', { name: 'Saved' });
  });

  it('S-14: shows no signature, and the claims of a token only when asked', async () => {
    const menu = await judged(samples.token);
    const signature = samples.token.split('.')[2] ?? '';
    const without = await choose(menu, 'Copy as JSON');
    expect(without).not.toContain(signature);
    expect(JSON.parse(without)).not.toHaveProperty(['documents', 0, 'facts', 'claims']);
    writeText.mockClear();
    const again = await openMenu();
    fireEvent.click(again.getByRole('checkbox', { name: /claims of tokens/u, hidden: true }));
    const withClaims = await choose(again, 'Copy as JSON');
    expect(withClaims).not.toContain(signature);
    expect(JSON.parse(withClaims)).toHaveProperty(['documents', 0, 'facts', 'claims', 0, 'name'], 'sub');
  });

  it('says what is never in it, and offers claims for tokens only', async () => {
    const menu = await judged(samples.leaf);
    expect(
      menu.getByText(/Never in it: the document itself, the signature of a token, a private key/u),
    ).toBeTruthy();
    expect(menu.queryByRole('checkbox', { hidden: true })).toBeNull();
  });

  it('says when the clipboard refused', async () => {
    writeText.mockImplementationOnce(() => Promise.reject(new Error('denied')));
    const menu = await judged(samples.leaf);
    fireEvent.click(menu.getByRole('button', { name: 'Copy as Markdown', hidden: true }));
    await screen.findByRole('button', { name: 'Could not be made' });
  });

  it('is on all documents of a drop at once', async () => {
    mountInspector(fakeInspector(samples));
    const files = [samples.leaf, samples.expired].map((text, index) => new File([text], `file-${index}.pem`));
    fireEvent.change(await screen.findByLabelText('Files to inspect'), { target: { files } });
    await screen.findByRole('grid', { name: 'Documents and their verdicts' });
    const text = await choose(await openMenu(), /^Save as Markdown/u);
    expect(text).toContain('2 documents: 1 valid, 1 not valid');
    expect(text).toContain('## Not valid: `file-1.pem`');
    expect(saved[0]?.name).toBe('muster-report.md');
  });
});
