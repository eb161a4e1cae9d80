// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderWith } from '../../testing/renderConsole.tsx';
import { asTls, emptyProbe, type Fetched, missingOf, toProbeRequest } from './probe.ts';
import { ProbeSource } from './ProbeSource.tsx';

afterEach(cleanup);

function open() {
  const onFetched = vi.fn<(fetched: Fetched) => void>();
  renderWith(<ProbeSource onFetched={onFetched} />);
  return onFetched;
}
const type = (label: RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
const ask = (name: RegExp) => fireEvent.click(screen.getByRole('button', { name }));

describe('an endpoint that the gateway asks', () => {
  it('gives its certificates to the bench, with what was agreed on', async () => {
    const onFetched = open();
    type(/What is asked/u, 'tls');
    type(/Host and port/u, 'spire.example:8081');
    ask(/Take its certificates/u);
    await waitFor(() => expect(onFetched).toHaveBeenCalledOnce());
    const [fetched] = onFetched.mock.calls[0] ?? [];
    expect(fetched?.name).toBe('presented by spire.example:8081');
    expect(new TextDecoder().decode(fetched?.bytes)).toContain('BEGIN CERTIFICATE');
    expect(await screen.findByText('TLSv1.3, TLS_AES_128_GCM_SHA256')).toBeDefined();
    expect(screen.getByText(/asks for a client certificate/u)).toBeDefined();
  });

  it('gives its bundle, with the trust domain that a relationship names', async () => {
    const onFetched = open();
    type(/URL/u, 'https://spire.example:8443');
    type(/Endpoint SPIFFE ID/u, 'spiffe://org-b.test/spire/server');
    ask(/Fetch the bundle/u);
    await waitFor(() => expect(onFetched).toHaveBeenCalledOnce());
    expect(onFetched.mock.calls[0]?.[0]).toMatchObject({ trustDomain: 'org-b.test' });
    expect(await screen.findByText('As it should be.')).toBeDefined();
  });

  it('that may not be asked: why, and what permits it', async () => {
    const onFetched = open();
    type(/What is asked/u, 'tls');
    type(/Host and port/u, '10.0.0.1:443');
    ask(/Take its certificates/u);
    expect(await screen.findByText(/private address \(RFC 1918\)/u)).toBeDefined();
    expect(screen.getByText(/probe\.allow/u)).toBeDefined();
    expect(onFetched).not.toHaveBeenCalled();
  });

  it('that is refused as input: at its field', async () => {
    open();
    type(/What is asked/u, 'tls');
    type(/Host and port/u, 'nope');
    ask(/Take its certificates/u);
    expect(await screen.findByText('Its port is missing: host:port.')).toBeDefined();
    expect(screen.getByLabelText(/Host and port/u).getAttribute('aria-invalid')).toBe('true');
  });

  it('that is not who was expected: its certificate can be looked at', async () => {
    const onFetched = open();
    type(/URL/u, 'https://spire.example/x');
    type(/Endpoint SPIFFE ID/u, 'spiffe://org-b.test/wrong');
    ask(/Fetch the bundle/u);
    fireEvent.click(await screen.findByRole('button', { name: 'Look at its certificate' }));
    await waitFor(() => expect(onFetched).toHaveBeenCalledOnce());
    expect(onFetched.mock.calls[0]?.[0]?.name).toBe('presented by spire.example:443');
  });

  it('that a server here knows of is asked with one click', async () => {
    const onFetched = open();
    const known = await screen.findAllByRole('button', { name: /https:\/\//u });
    fireEvent.click(known[0] as HTMLElement);
    await waitFor(() => expect(onFetched).toHaveBeenCalledOnce());
  });
});

describe('what is filled in', () => {
  it.each([
    [{ ...emptyProbe }, 'Name its URL first.'],
    [{ ...emptyProbe, kind: 'tls' as const }, 'Name its host and port first.'],
    [
      { ...emptyProbe, target: 'https://a/' },
      'https_spiffe needs the SPIFFE ID that the endpoint must present.',
    ],
    [{ ...emptyProbe, target: 'https://a/', profile: 'https_web' as const }, ''],
    [{ ...emptyProbe, target: 'a:1', kind: 'tls' as const }, ''],
  ])('%j: %s', (draft, missing) => expect(missingOf(draft)).toBe(missing));

  it('the ID of https_spiffe never goes along with https_web', () => {
    const draft = { ...emptyProbe, target: 'https://a/', endpointId: 'spiffe://a/b' };
    expect(toProbeRequest({ ...draft, profile: 'https_web' })).not.toHaveProperty('endpointSpiffeId');
    expect(toProbeRequest(draft)).toHaveProperty('endpointSpiffeId', 'spiffe://a/b');
  });

  it('a URL as a TLS endpoint', () => {
    expect(asTls({ ...emptyProbe, target: 'https://[2001:db8::1]/x' })?.target).toBe('[2001:db8::1]:443');
    expect(asTls({ ...emptyProbe, target: 'https://a.example:8443/x' })?.target).toBe('a.example:8443');
    expect(asTls({ ...emptyProbe, target: 'nothing' })).toBeUndefined();
  });
});
