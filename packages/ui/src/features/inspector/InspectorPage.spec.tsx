import { act, cleanup, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { mountInspector } from './testing/mount.tsx';
import { fakeInspector, makeSamples, refusedAudience, rotated, type Samples } from './testing/samples.ts';

let samples: Samples;
beforeAll(async () => {
  samples = await makeSamples();
});
// Two cores are shared with the other specs.
configure({ asyncUtilTimeout: 8000 });

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function open(address?: string) {
  return mountInspector(fakeInspector(samples), address);
}

const paste = async (text: string) => {
  fireEvent.paste(await screen.findByRole('textbox', { name: /ocument/u }), {
    clipboardData: { files: [], getData: () => text },
  });
};
const banner = (title: string) => screen.findByText(title, { selector: '.inspect-verdict strong' });
const pasteToken = async (token: string) => {
  await paste(token);
  fireEvent.click(await screen.findByRole('button', { name: 'Judge as slim-demo' }));
  await banner('Valid');
};
const dropFiles = (...contents: string[]) => {
  const files = contents.map((content, index) => new File([content], `file-${index}.pem`));
  fireEvent.change(screen.getByLabelText('Files to inspect'), { target: { files } });
};
const signature = () => samples.token.split('.')[2] ?? 'none';

describe('an X.509-SVID', () => {
  it('is judged against its trust domain’s bundle', async () => {
    open();
    await paste(samples.leaf);
    await banner('Valid');
    const chain = screen.getByRole('region', { name: 'Chain of trust' });
    expect(chain.textContent).toContain('/web');
    expect(chain.textContent).toContain('sequence 14, spire-a');
    expect(screen.getByRole('combobox', { name: 'Bundle of org-a.test' })).toBeTruthy();
    expect(screen.getByText(/X-14/u)).toBeTruthy();
  });
  it('leads to its verdict, which one column has out of sight; what was refused leads to why', async () => {
    const lead = vi.fn<(this: Element) => void>();
    Object.assign(Element.prototype, { scrollIntoView: lead });
    const places = () => lead.mock.contexts.map((element) => (element as Element).className);
    open();
    await paste(samples.leaf);
    await banner('Valid');
    expect(places()).toEqual(['inspect-pane']);
    lead.mockClear();
    await paste('hello');
    await screen.findByRole('alert');
    expect(places()).toEqual(['inspect-refused']);
    Reflect.deleteProperty(Element.prototype, 'scrollIntoView');
  });
  it('with an intermediate shows the whole chain', async () => {
    open();
    await paste(samples.chain);
    await banner('Valid');
    const steps = within(screen.getByRole('region', { name: 'Chain of trust' })).getAllByRole('listitem');
    expect(steps.map((step) => step.querySelector('.small')?.textContent)).toEqual([
      'leaf',
      'intermediate',
      'authority in the bundle',
      'bundle',
    ]);
  });
  it('that has expired says so first, and can be judged for another moment', async () => {
    open();
    await paste(samples.expired);
    await banner('Not valid');
    expect(document.querySelector('.inspect-sheet tbody tr')?.textContent).toContain('X-16');
    expect(screen.getByText(/^1 of \d+ requirements is broken/u)).toBeTruthy();
    fireEvent.change(screen.getByRole('combobox', { name: 'Evaluated at' }), { target: { value: 'chosen' } });
    fireEvent.change(screen.getByLabelText('Moment, UTC'), {
      target: { value: new Date(Date.now() - 1_800_000).toISOString().slice(0, 19) },
    });
    await banner('Valid');
  });
  it('of another authority breaks at its signature', async () => {
    open();
    await paste(samples.foreign);
    await banner('Not valid');
    expect(document.querySelector('.inspect-link[data-state="broken"]')?.textContent).toBe('not signed by');
  });
  it('that only its issuer may not issue is told apart', async () => {
    open();
    await paste(samples.lenient);
    await banner('Not conformant');
    expect(screen.getAllByText('not conformant, but a verifier may accept').length).toBe(1);
    expect(
      screen.getByRole('region', { name: 'The specification and a common verifier' }).textContent,
    ).toContain('X-07');
  });
  it('is filtered by verdict', async () => {
    open();
    await paste(samples.expired);
    await banner('Not valid');
    fireEvent.click(screen.getByRole('button', { name: /^Broken/u }));
    expect(document.querySelectorAll('.inspect-sheet tbody tr')).toHaveLength(1);
  });
  it('is decoded', async () => {
    open();
    await paste(samples.leaf);
    await banner('Valid');
    fireEvent.click(screen.getByRole('tab', { name: 'Decoded' }));
    expect(await screen.findByText('digitalSignature')).toBeTruthy();
  });
});

describe('the address', () => {
  const search = (router: ReturnType<typeof open>['router']) => router.state.location.search;
  it('holds the verifier, the moment and the tab: a link opens them again', async () => {
    const { router } = open(
      '/inspect?audience=slim-demo&verifier=org-a.test&at=2026-11-22T12:00:05&tab=decoded',
    );
    const audience = await screen.findByRole('textbox', { name: /^Its audience/u });
    expect(audience).toHaveProperty('value', 'slim-demo');
    expect(screen.getByLabelText('Moment, UTC')).toHaveProperty('value', '2026-11-22T12:00:05');
    expect(screen.getByRole('textbox', { name: /^Its trust domain/u })).toHaveProperty('value', 'org-a.test');
    await paste(samples.leaf);
    await banner('Not valid');
    expect(screen.getByRole('tab', { name: 'Decoded' }).getAttribute('aria-selected')).toBe('true');
    fireEvent.change(audience, { target: { value: 'reports' } });
    await waitFor(() => expect(search(router)).toMatchObject({ audience: 'reports', tab: 'decoded' }));
    fireEvent.change(screen.getByRole('combobox', { name: 'Evaluated at' }), { target: { value: 'now' } });
    await waitFor(() => expect(search(router)).not.toHaveProperty('at', expect.stringMatching(/./u)));
  });
  it('that is opened while the page is sets the verifier', async () => {
    const { router } = open();
    const audience = await screen.findByRole('textbox', { name: /^Its audience/u });
    await act(() => router.navigate({ to: '/inspect', search: { audience: 'other' } }));
    await waitFor(() => expect(audience).toHaveProperty('value', 'other'));
  });
  it('S-14: holds nothing of a token', async () => {
    const { router } = open();
    await pasteToken(samples.token);
    fireEvent.click(screen.getByRole('tab', { name: 'Decoded' }));
    await waitFor(() => expect(search(router)).toMatchObject({ tab: 'decoded', audience: 'slim-demo' }));
    expect(router.state.location.href).not.toContain('eyJ');
    expect(Object.keys(search(router)).toSorted()).toEqual(['audience', 'tab']);
  });
});

describe('the signer and the comparison', () => {
  it('say whose key it is, and what changed since the one before', async () => {
    open();
    await screen.findByRole('textbox', { name: /ocument/u });
    await paste(samples.leaf);
    await banner('Valid');
    const signer = await screen.findByRole('group', { name: 'Who signed it' });
    expect(signer.textContent).toContain('was signed by this key of the bundle of “org-a.test” (spire-a)');
    await paste(samples.expired);
    await banner('Not valid');
    fireEvent.click(screen.getByRole('button', { name: 'Compare…' }));
    await screen.findByText(/fields differ/u);
    expect(screen.getByText(/the two are not SVIDs of one workload/u)).toBeTruthy();
  });
  it('name the authority that was rotated out, and when', async () => {
    open();
    await paste(samples.foreign);
    await banner('Not valid');
    await waitFor(() =>
      expect(screen.getByRole('group', { name: 'Who signed it' }).textContent).toContain(
        `had until ${rotated.toISOString().slice(0, 19)}`,
      ),
    );
    expect(screen.getByRole('group', { name: 'Who signed it' }).textContent).toContain(
      'It has been rotated out since',
    );
  });
  it('go from the picture to the requirement that is broken', async () => {
    open();
    await paste(samples.expired);
    await banner('Not valid');
    fireEvent.click(screen.getByRole('button', { name: 'Requirement X-16' }));
    await waitFor(() => expect(screen.getByRole('searchbox')).toHaveProperty('value', 'X-16'));
    expect(document.querySelectorAll('.inspect-rules tbody tr[data-verdict]')).toHaveLength(1);
  });
});

describe('files', () => {
  it('are told apart: the leaf is judged, the bundle is used for it', async () => {
    open();
    await screen.findByRole('textbox', { name: 'Document to inspect' });
    dropFiles(samples.foreign, samples.strange);
    await banner('Valid');
    const picker = screen.getByRole('combobox', { name: 'Bundle of org-a.test' }) as HTMLSelectElement;
    expect(picker.selectedOptions[0]?.textContent).toContain('given here: file-1.pem');
    fireEvent.change(picker, { target: { value: 'server:spire-a' } });
    await banner('Not valid');
  });
  it('that hold a bundle alone show its keys', async () => {
    open();
    await screen.findByRole('textbox', { name: 'Document to inspect' });
    dropFiles(samples.bundle);
    await banner('Valid');
    expect(screen.getByRole('tab', { name: /X\.509 authorities/u }).getAttribute('aria-selected')).toBe(
      'true',
    );
    fireEvent.click(screen.getByRole('tab', { name: /JWT authorities/u }));
    expect(screen.getByText('k1')).toBeTruthy();
  });
});

describe('a private key', () => {
  it.each(['alone', 'beside a certificate'])('is refused and not kept, %s', async (how) => {
    const { container } = open();
    await paste(how === 'alone' ? samples.key : samples.leaf + samples.key);
    expect((await screen.findByRole('alert')).textContent).toContain('Remove the key');
    const secret = samples.key.split('\n')[1] ?? 'none';
    expect(container.innerHTML).not.toContain(secret);
    expect([...container.querySelectorAll('textarea')].map((field) => field.value)).toEqual(['']);
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain(secret);
    expect(screen.queryByRole('list', { name: 'Given documents' })).toBeNull();
  });
});

describe('a token', () => {
  it('is judged, without its signature being shown or stored', async () => {
    const { container, queryClient } = open();
    await pasteToken(samples.token);
    expect(container.innerHTML).not.toContain(signature());
    expect(location.href).not.toContain('eyJ');
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('eyJ');
    expect(
      JSON.stringify(
        queryClient
          .getQueryCache()
          .getAll()
          .map((query) => query.queryKey),
      ),
    ).not.toContain('eyJ');
    expect(screen.getByText(/Whoever holds the text holds the identity/u)).toBeTruthy();
  });
  it('is copied only in two steps', async () => {
    open();
    await pasteToken(samples.token);
    expect(screen.queryByRole('button', { name: 'Copy the whole token' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Copy token…' }));
    expect(screen.getByRole('button', { name: 'Copy the whole token' })).toBeTruthy();
  });
  it('is fetched for an audience, past the query cache, and judged for it', async () => {
    const { queryClient, container } = open();
    fireEvent.change(await screen.findByRole('textbox', { name: 'Audience' }), {
      target: { value: 'slim-demo' },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Fetch a token' }));
    await banner('Valid');
    expect(screen.getByRole('textbox', { name: /^Its audience/u })).toHaveProperty('value', 'slim-demo');
    const cached = [...queryClient.getQueryCache().getAll(), ...queryClient.getMutationCache().getAll()].map(
      (one) => one.state.data,
    );
    expect(
      cached.some((data) =>
        JSON.stringify(data, (_key, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        )?.includes(signature()),
      ),
    ).toBe(false);
    expect(container.innerHTML).not.toContain(signature());
  });
  it('that is refused says why', async () => {
    open();
    fireEvent.change(await screen.findByRole('textbox', { name: 'Audience' }), {
      target: { value: refusedAudience },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Fetch a token' }));
    expect((await screen.findByRole('alert')).textContent).toContain('no identity issued');
  });
  it('for another audience is not valid', async () => {
    open();
    await pasteToken(samples.token);
    fireEvent.change(screen.getByRole('textbox', { name: /^Its audience/u }), { target: { value: 'other' } });
    await banner('Not valid');
  });
  it('goes into a report without its signature', async () => {
    const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
    vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { clipboard: { writeText } }));
    open();
    await paste(samples.expiredToken);
    await banner('Not valid');
    expect(screen.queryByRole('button', { name: /^Judge as/u })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: /Report/u }));
    fireEvent.click(await screen.findByRole('button', { name: 'Copy as Markdown', hidden: true }));
    await waitFor(() => expect(writeText).toHaveBeenCalledOnce());
    const report = writeText.mock.calls[0]?.[0] ?? '';
    expect(report).toContain('# JWT-SVID: not valid');
    expect(report).toContain('J-12');
    expect(report).not.toContain(samples.expiredToken.split('.')[2]);
    vi.unstubAllGlobals();
  });
});

describe('forgetting', () => {
  const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
  const judgedToken = async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ['setInterval', 'clearInterval', 'Date'] });
    open();
    await pasteToken(samples.token);
  };
  it('happens after a minute without use', async () => {
    await judgedToken();
    await pass(45_000);
    expect(screen.getByText(/^Forgotten in 1\d s\.$/u)).toBeTruthy();
    await pass(16_000);
    expect(screen.getByText('Forgotten')).toBeTruthy();
    expect(document.body.textContent).not.toContain('signature hidden');
  });
  it('waits while the window is used, and is put off by keeping', async () => {
    await judgedToken();
    await pass(50_000);
    fireEvent.pointerMove(window);
    await pass(50_000);
    expect(screen.queryByText('Forgotten')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Keep' }));
    await pass(200_000);
    expect(screen.getByText(/^Kept in this window/u)).toBeTruthy();
  });
  it('happens when the page is left', async () => {
    await judgedToken();
    act(() => void window.dispatchEvent(new Event('pagehide')));
    expect(screen.getByText('Forgotten')).toBeTruthy();
  });
});

it('says what is not known to it', async () => {
  open();
  await paste('lorem ipsum');
  expect((await screen.findByRole('alert')).textContent).toContain('nothing the inspector knows');
});
