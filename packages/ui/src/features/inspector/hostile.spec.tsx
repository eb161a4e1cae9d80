// @vitest-environment jsdom
import { encodeBase64Url, escapeText } from '@muster/domain';
import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { altNames, makeAuthority, makeLeaf, pem, uriName } from '@muster/domain/testing/certificates';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fakeTransport } from '../../testing/fake/index.ts';
import { injected, shownTexts, UNSEEN } from '../../testing/hostile.ts';
import { PAYLOADS } from '../../testing/payloads.ts';
import { mountInspector } from './testing/mount.tsx';

afterEach(cleanup);

const base64 = (value: unknown) => encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)));

/** Documents that say the same in every place where a text may stand. */
const documents: Readonly<Record<string, (said: string) => string>> = {
  'a SPIFFE ID': (said) => `spiffe://org-a.test/${said.replaceAll(/\s/gu, ' ')}`,
  'a JWT': (said) =>
    [
      base64({ alg: said, kid: said, typ: said, [said]: said }),
      base64({ sub: said, aud: [said], iss: said, exp: 4_000_000_000, [said]: { [said]: [said] } }),
      'AAAA',
    ].join('.'),
  'a bundle': (said) =>
    JSON.stringify({
      keys: [
        { kty: said, use: said, kid: said, crv: said, x: said, x5c: [said] },
        { kty: 'EC', use: 'jwt-svid', kid: said },
      ],
      spiffe_sequence: said,
      [said]: said,
    }),
};

async function inspect(text: string): Promise<string[]> {
  mountInspector(fakeTransport());
  const box = await screen.findByRole('textbox', { name: /ocument/u });
  const clipboardData = { files: [], getData: () => text };
  fireEvent.paste(box, { clipboardData });
  const problems: string[] = [];
  for (let turn = 0; turn < 100 && !document.querySelector('.inspect-verdict, .inspect-refused'); turn++)
    await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
  if (!document.querySelector('.inspect-verdict, .inspect-refused')) problems.push('nothing was judged');
  for (const name of [undefined, 'Decoded', 'Keys', 'Compare']) {
    const tab = name === undefined ? undefined : screen.queryByRole('tab', { name });
    if (name !== undefined && !tab) continue;
    if (tab) {
      fireEvent.click(tab);
      await waitFor(() =>
        expect(screen.getByRole('tab', { name }).getAttribute('aria-selected')).toBe('true'),
      );
    }
    problems.push(...injected(document.body));
    for (const { text: shown, place } of shownTexts(document.body))
      if (UNSEEN.test(shown.replaceAll('\n', ''))) problems.push(`unseen characters in ${place}`);
  }
  cleanup();
  return problems;
}

describe('S-11: whatever an inspected document says is text', () => {
  it.each(Object.keys(documents))('in %s', { timeout: 120_000 }, async (kind) => {
    const found = new Set<string>();
    for (const said of PAYLOADS)
      for (const problem of await inspect(documents[kind]?.(said) ?? ''))
        found.add(`${escapeText(said.slice(0, 30))}: ${problem}`);
    expect([...found]).toEqual([]);
  });

  let certificate: (said: string) => Promise<string>;
  beforeAll(async () => {
    const now = Date.now();
    const span = { notBefore: new Date(now - 1000), notAfter: new Date(now + 60_000) };
    const authority = await makeAuthority('org-a.test', span);
    certificate = async (said) => {
      const leaf = await makeLeaf(authority, 'spiffe://org-a.test/web', {
        ...span,
        subject: said,
        extensions: [altNames([uriName(`spiffe://org-a.test/${said}`), uriName(said)], true)],
      });
      return new TextDecoder().decode(pem(leaf.der));
    };
  });
  it('in a certificate', { timeout: 120_000 }, async () => {
    const found = new Set<string>();
    for (const said of PAYLOADS)
      for (const problem of await inspect(await certificate(said)))
        found.add(`${escapeText(said.slice(0, 30))}: ${problem}`);
    expect([...found]).toEqual([]);
  });
});
