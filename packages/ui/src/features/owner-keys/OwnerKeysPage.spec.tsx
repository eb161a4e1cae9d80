// @vitest-environment jsdom
import { KeyService } from '@muster/api';
import { createRouterTransport, type Transport } from '@connectrpc/connect';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { prepareDom } from '../../testing/dom.ts';
import { OPS_DID, REFUSED_PASSPHRASE } from '../../testing/fake/keyRoutes.ts';
import { renderConsole } from '../../testing/renderConsole.tsx';

prepareDom();

const PEM = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n';
const LOCKED = PEM.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE');

const type = (at: HTMLElement, value: string) => fireEvent.change(at, { target: { value } });

const saved: { name: string; text: Promise<string> }[] = [];
function watchSaves(): void {
  saved.length = 0;
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    saved.push({ name: '', text: (blob as Blob).text() });
    return 'blob:x';
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    const last = saved.at(-1);
    if (last) last.name = this.download;
  });
}
afterEach(() => vi.restoreAllMocks());

describe('the page of owner keys', { timeout: 20_000 }, () => {
  it('lists them with what they own, who made them, and why one cannot sign', async () => {
    renderConsole('/owner-keys');
    const row = await screen.findByRole('row', { name: /operations/u });
    expect(within(row).getByText('1 channel')).toBeDefined();
    expect(within(row).getByText('kept here')).toBeDefined();
    expect(within(row).getByTitle(OPS_DID)).toBeDefined();
    expect(screen.getByText('locked')).toBeDefined();
    expect(screen.getByText('configured')).toBeDefined();
    expect(screen.getByText(/scrypt makes of a passphrase/u)).toBeDefined();
    expect(screen.getByText(/channels of manager-2 cannot be read now/u)).toBeDefined();
    // S-12: a name that runs backwards is spelled out.
    expect(screen.getByText(/field\\u\{202e\}tfel/u)).toBeDefined();
  });

  it('opens one by its address, leads to what it owns, and says what cannot be done with it', async () => {
    const { router } = renderConsole(`/owner-keys?id=${encodeURIComponent(OPS_DID)}`);
    const panel = await screen.findByRole('complementary', { name: 'operations' });
    expect(within(panel).getByText(OPS_DID)).toBeDefined();
    const channel = within(panel).getByRole('link', { name: /agntcy\/sec\/audit/u });
    expect(channel.getAttribute('href')).toContain('/channels?channel=');
    fireEvent.click(screen.getByRole('row', { name: /key of channel-manager/u }));
    await waitFor(() => expect(String(router.state.location.search.id)).toContain('z6MknGc3'));
    const other = await screen.findByRole('complementary', { name: 'key of channel-manager' });
    for (const name of ['Export…', 'Rename…', 'Remove…'])
      expect(within(other).getByRole('button', { name }).getAttribute('aria-disabled')).toBe('true');
  });

  it('searches names, did:keys and channels, and keeps that in the address', async () => {
    renderConsole('/owner-keys?q=sec%2Faudit');
    expect(await screen.findByRole('row', { name: /operations/u })).toBeDefined();
    expect(screen.queryByRole('row', { name: /key of channel-manager/u })).toBeNull();
    type(screen.getByRole('searchbox'), '');
    type(screen.getByRole('searchbox'), 'nothing like it');
    expect(await screen.findByText('No key matches')).toBeDefined();
  });

  it('says what would be here when there is none', async () => {
    renderConsole('/owner-keys', undefined, (fake) => only(fake));
    expect(await screen.findByText('No owner key yet')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Issue a grant…' }).getAttribute('aria-disabled')).toBe('true');
  });

  it('makes one after its plan was reviewed; a name that is taken is refused where it is typed', async () => {
    renderConsole('/owner-keys?task=new');
    const dialog = await screen.findByRole('dialog');
    const name = within(dialog).getByRole('textbox', { name: /Name/u });
    await screen.findByRole('row', { name: /operations/u, hidden: true });
    type(name, 'operations');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    expect(await within(dialog).findByText('Another key has this name already.')).toBeDefined();
    type(name, 'operations two');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    expect(await screen.findByText(/Plan ·/u)).toBeDefined();
  });

  it('S-13: asks for a passphrase only where the key is encrypted, and keeps nothing of it in the address', async () => {
    const { router } = renderConsole('/owner-keys?task=import');
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    expect(await within(dialog).findByText('A private key is needed.')).toBeDefined();
    const pem = within(dialog).getByRole('textbox', { name: 'Private key' });
    type(pem, '-----BEGIN PUBLIC KEY-----\nMCo=\n-----END PUBLIC KEY-----');
    expect(await within(dialog).findByText(/another kind of PEM/u)).toBeDefined();
    expect(within(dialog).queryByLabelText(/Its passphrase/u)).toBeNull();
    type(pem, '');
    type(pem, LOCKED);
    const passphrase = within(dialog).getByLabelText(/Its passphrase/u);
    expect(passphrase.getAttribute('type')).toBe('password');
    type(passphrase, 'sesame');
    type(within(dialog).getByRole('textbox', { name: /Name/u }), 'away');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Review' }));
    await screen.findByText(/Plan ·/u);
    expect(router.state.location.href).not.toMatch(/sesame|MC4C|PRIVATE/u);
    expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).not.toMatch(/sesame|MC4C/u);
  });

  it('exports under a passphrase typed twice, as a file named after the key', async () => {
    watchSaves();
    renderConsole(`/owner-keys?id=${encodeURIComponent(OPS_DID)}`);
    fireEvent.click(await screen.findByRole('button', { name: 'Export…' }));
    const dialog = await screen.findByRole('dialog');
    const [first, again] = [
      within(dialog).getByLabelText('Passphrase'),
      within(dialog).getByLabelText('Again'),
    ];
    const save = within(dialog).getByRole('button', { name: 'Save the file' });
    type(first, 'too short');
    fireEvent.click(save);
    expect(await within(dialog).findByText('At least 12 characters are needed.')).toBeDefined();
    type(first, 'too short no more');
    type(again, 'something else');
    fireEvent.click(save);
    expect(await within(dialog).findByText('The two differ.')).toBeDefined();
    expect(saved).toEqual([]);
    type(again, '');
    type(again, 'too short no more');
    fireEvent.click(save);
    await waitFor(() => expect(saved[0]?.name).toBe('operations.pem'));
    expect(await saved[0]?.text).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/u);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('says why an export was refused, and keeps the dialog', async () => {
    renderConsole(`/owner-keys?id=${encodeURIComponent(OPS_DID)}`);
    fireEvent.click(await screen.findByRole('button', { name: 'Export…' }));
    const dialog = await screen.findByRole('dialog');
    for (const label of ['Passphrase', 'Again'])
      type(within(dialog).getByLabelText(label), REFUSED_PASSPHRASE);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Save the file' }));
    expect(await within(dialog).findByText(/only bob, who made or imported it/u)).toBeDefined();
  });
});

/** As the fake, with no key at all. */
function only(fake: Transport): Transport {
  const empty = createRouterTransport(({ service }) => {
    service(KeyService, { listOwnerKeys: () => ({ protection: 'Encrypted on the disk.' }) });
  });
  return {
    unary: (method, ...rest) => (method.parent === KeyService ? empty : fake).unary(method, ...rest),
    stream: (method, ...rest) => fake.stream(method, ...rest),
  } as Transport;
}
