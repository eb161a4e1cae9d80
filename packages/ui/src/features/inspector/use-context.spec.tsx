// @vitest-environment jsdom
import { encodeBase64Url } from '@muster/domain';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { createMemoryHistory } from '@tanstack/react-router';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../../mountConsole.tsx';
import { createConsoleRouter } from '../../router.tsx';
import { ConsoleContext } from '../../session/SessionContext.ts';
import { fakeConsole, fakeTransport, World } from '../../testing/fake/index.ts';
import { askedContexts } from '../../testing/fake/inspectRoutes.ts';
import { createQueryClient, ServerState } from '../../transport.tsx';

beforeEach(() => void askedContexts.splice(0));
afterEach(cleanup);

const part = (value: unknown) => encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)));
const signature = part('CANARY-OF-THE-SIGNATURE');
const tokenOf = (path: string) =>
  [
    part({ alg: 'ES256', kid: 'key-1', typ: 'JWT' }),
    part({ sub: `spiffe://org-a.test/${path}`, aud: ['db'], iat: 1_700_000_000, exp: 4_000_000_000 }),
    signature,
  ].join('.');

/** The whole console on a gateway of this origin, with a document pasted into the inspector. */
async function inspect(gateway: string, text: string) {
  const transport = fakeTransport(new World());
  const client = createQueryClient();
  const fake = fakeConsole(transport);
  const router = createConsoleRouter(createMemoryHistory({ initialEntries: ['/inspect'] }));
  render(
    <ConsoleContext value={{ ...fake, platform: { ...fake.platform, gateway } }}>
      <ServerState transport={transport} client={client}>
        <App router={router} client={client} />
      </ServerState>
    </ConsoleContext>,
  );
  const field = await screen.findByRole('textbox', { name: 'Document to inspect' }, { timeout: 10_000 });
  fireEvent.paste(field, { clipboardData: { files: [], getData: () => text } });
  await waitFor(() => expect(document.querySelector('.inspect-verdict')).not.toBeNull(), { timeout: 10_000 });
  return client;
}
const note = () => screen.findByRole('region', { name: 'Beyond the document' }, { timeout: 10_000 });
const said = () =>
  JSON.stringify(askedContexts, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );

describe('what the console knows of a pasted document', { timeout: 40_000 }, () => {
  it('S-14: is asked of a gateway on this machine by facts only, and forgotten with the document', async () => {
    const client = await inspect('http://127.0.0.1:7420', tokenOf('gone'));
    expect((await note()).textContent).toContain('Its entry is gone.');
    expect(askedContexts[0]).toMatchObject({
      spiffeId: 'spiffe://org-a.test/gone',
      signer: 'key-1',
      audiences: ['db'],
    });
    expect(said()).not.toContain(signature);
    fireEvent.click(screen.getByRole('button', { name: 'Forget now' }));
    await waitFor(() => {
      const kept = client
        .getQueryCache()
        .getAll()
        .map(({ queryHash }) => queryHash);
      expect(kept.join(' ')).not.toContain('org-a.test/gone');
    });
  });

  it('is asked of a gateway on another machine only when a person says so', async () => {
    await inspect('https://muster.example', tokenOf('web'));
    expect((await note()).textContent).toContain('This gateway runs on another machine');
    expect(askedContexts).toEqual([]);
    fireEvent.click(screen.getAllByRole('button', { name: 'Ask what this console knows' })[0] as HTMLElement);
    await waitFor(() => expect(askedContexts).toHaveLength(1));
    expect(await screen.findByText(/signed by the active authority/u)).toBeDefined();
  });

  it('that fails does not hide the verdict', async () => {
    await inspect('http://127.0.0.1:7420', tokenOf('broken'));
    const section = await note();
    await waitFor(() => expect(section.textContent).toContain('It broke.'), { timeout: 10_000 });
    expect(document.querySelector('.inspect-verdict')).not.toBeNull();
  });
});
