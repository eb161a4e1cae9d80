import { type Check, judge, nearestSigner } from '@muster/domain';
import {
  makeAuthority,
  makeLeaf,
  makeToken,
  makeKey,
  NOW,
  pem,
  bundleOf,
  x509Entry,
} from '@muster/domain/testing/certificates';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chainOf } from './chain.ts';
import { ChainPicture } from './ChainPicture.tsx';
import { ComparePanel } from './ComparePanel.tsx';
import { DecodedPanel } from './DecodedPanel.tsx';
import { RuleSheet } from './RuleSheet.tsx';
import { wholeSheet } from './sheet-filter.ts';
import { SignerPanel } from './SignerPanel.tsx';

afterEach(cleanup);

const web = 'spiffe://org-a.test/web';
const authority = await makeAuthority('org-a.test');
const middle = await makeAuthority('org-a.test', { subject: 'Middle', parent: authority });
const leaf = await makeLeaf(middle, web, { notAfter: new Date(NOW.getTime() - 60_000) });
const input = pem(leaf.der, middle.der);
const bundle = bundleOf([await x509Entry(authority)]);
const judgement = await judge({
  kind: 'x509-svid',
  input,
  bundles: new Map([['org-a.test', bundle]]),
  at: NOW,
});
const steps = chainOf(judgement, { bundle: { trustDomain: 'org-a.test', note: 'sequence 1, spire-a' } });

describe('the picture of the chain', () => {
  const open = () => {
    const [onSelect, onClause] = [vi.fn(), vi.fn()];
    render(
      <ChainPicture steps={steps} at={NOW} selected={undefined} onSelect={onSelect} onClause={onClause} />,
    );
    return { onSelect, onClause };
  };
  it('says where it breaks, with the clause to go to', () => {
    const { onClause } = open();
    const [first] = within(screen.getByRole('list', { name: 'Where it breaks' })).getAllByRole('listitem');
    expect(first?.textContent).toContain('The leaf expired at');
    expect(first?.textContent).toContain('at the leaf');
    fireEvent.click(screen.getByRole('button', { name: 'Requirement X-16' }));
    expect(onClause).toHaveBeenCalledWith('X-16');
  });
  it('is one stop for the Tab key; arrows go along it, and what is chosen is shown decoded', () => {
    const { onSelect } = open();
    const picks = [...document.querySelectorAll<HTMLButtonElement>('.inspect-node-pick')];
    expect(picks.map((pick) => pick.tabIndex)).toEqual([0, -1, -1]);
    picks[0]?.focus();
    fireEvent.keyDown(picks[0] as HTMLElement, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(picks[1]);
    fireEvent.click(picks[1] as HTMLElement);
    const [, second] = judgement.decoded.type === 'x509-svid' ? judgement.decoded.certificates : [];
    expect(onSelect).toHaveBeenCalledWith(second?.fingerprint);
  });
  it('has a bar for each certificate, for the moment that is judged', () => {
    open();
    expect(screen.getAllByRole('img').map((bar) => bar.getAttribute('aria-label'))).toEqual([
      'expired 1 min ago',
      'issued 1 h ago · expires in 1 h',
      'issued 1 h ago · expires in 1 h',
    ]);
  });
  it('has a table with the same facts', () => {
    open();
    fireEvent.click(screen.getByRole('button', { name: 'Table' }));
    const rows = screen.getAllByRole('row').map((row) => row.textContent);
    expect(rows).toHaveLength(5);
    expect(rows[1]).toContain('CN=Middle');
    expect(rows[1]).toContain('expired 1 min ago');
    expect(rows[1]).toContain('The leaf expired at');
    expect(rows[3]).toContain('authority in the bundle');
  });
});

it('the certificate that the picture points at is marked, the authority of the bundle is there too', () => {
  const [, second] = judgement.decoded.type === 'x509-svid' ? judgement.decoded.certificates : [];
  render(<DecodedPanel decoded={judgement.decoded} at={NOW} selected={second?.fingerprint} />);
  const names = screen
    .getAllByRole('region')
    .map((card) => [card.getAttribute('aria-label'), card.dataset['selected']]);
  expect(names).toEqual([
    ['Leaf', 'false'],
    ['Intermediate 1', 'true'],
    ['Authority, from the bundle', 'false'],
  ]);
});

describe('the sheet', () => {
  function Sheet({ checks }: { readonly checks: readonly Check[] }) {
    const [view, setView] = useState(wholeSheet);
    return <RuleSheet checks={checks} view={view} onView={setView} />;
  }
  const rows = () =>
    [...document.querySelectorAll('.inspect-rules tbody tr[data-verdict]')].map(
      (row) => row.textContent ?? '',
    );
  it('is filtered by verdict and level, and searched', () => {
    render(<Sheet checks={judgement.checks} />);
    expect(rows()).toHaveLength(judgement.checks.length);
    fireEvent.click(screen.getByRole('button', { name: /^Broken/u }));
    expect(rows()).toHaveLength(1);
    fireEvent.click(screen.getByRole('button', { name: /^All/u }));
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'path length' } });
    expect(rows().some((row) => row.includes('X-20'))).toBe(true);
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'nothing like it' } });
    fireEvent.click(screen.getByRole('button', { name: /^Show all/u }));
    expect(rows()).toHaveLength(judgement.checks.length);
    fireEvent.click(screen.getByRole('button', { name: 'Level' }));
    fireEvent.click(screen.getByRole('option', { name: /^SHOULD/u, hidden: true }));
    expect(rows().every((row) => row.includes('SHOULD'))).toBe(true);
  });
  it('is grouped by specification, with counts', () => {
    render(<Sheet checks={judgement.checks} />);
    fireEvent.click(screen.getByRole('button', { name: 'By specification' }));
    const [first] = [...document.querySelectorAll('.inspect-group')];
    expect(first?.textContent).toMatch(/^Workload API \d+ hold/u);
    expect(screen.getByText(/^X509-SVID/u, { selector: '.inspect-group th' }).textContent).toContain(
      '1 broken',
    );
  });
  it('says where readers differ, at once where it decides', () => {
    render(<Sheet checks={judgement.checks} />);
    const broken = document.querySelector('[data-verdict="fail"] details');
    expect(broken?.hasAttribute('open')).toBe(true);
    expect(broken?.textContent).toContain('Both ends of the validity are inclusive');
    expect(document.querySelector('[data-verdict="pass"] details')?.hasAttribute('open')).toBe(false);
  });
  it('S-11: the clause’s public page is text to copy, not a link', () => {
    render(<Sheet checks={judgement.checks} />);
    fireEvent.click(screen.getByRole('button', { name: 'Where X-02 stands: X509-SVID 2, 5.2' }));
    const menu = screen.getByLabelText('Where X-02 stands');
    expect(menu.textContent).toContain(
      'https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md#52-leaf-validation',
    );
    expect(document.querySelectorAll('a')).toHaveLength(0);
  });
});

describe('the signer', () => {
  it('is told with its bundle and what was compared', async () => {
    const known = [{ trustDomain: 'org-a.test', source: 'spire-a', bytes: bundle, chosen: true }];
    const signer = await nearestSigner({ kind: 'x509-svid', input, known });
    render(<SignerPanel signer={signer ?? { keys: [], compared: '', complete: true }} />);
    const panel = screen.getByRole('group', { name: 'Who signed it' });
    expect(panel.dataset['tone']).toBe('ok');
    expect(panel.textContent).toContain('was signed by this key of the bundle of “org-a.test” (spire-a)');
    expect(panel.textContent).toContain('Compared with 1 key of 1 bundle');
  });
});

describe('comparing', () => {
  const of = (label: string, bytes: Uint8Array) => ({ key: label, label, kind: 'x509-svid' as const, bytes });
  it('shows what differs, in words, and can be turned round', async () => {
    const next = pem((await makeLeaf(middle, web, { serial: 7 })).der, middle.der);
    render(<ComparePanel subject={of('new.pem', next)} choices={[of('old.pem', input)]} />);
    await screen.findByText(/fields differ/u);
    const row = (name: RegExp) => screen.getByRole('rowheader', { name }).closest('tr');
    expect(row(/^Serial/u)?.textContent).toContain('123407');
    expect(row(/^Public key/u)?.textContent).toContain('A new key, as after a rotation.');
    expect(screen.queryByRole('rowheader', { name: /^SPIFFE ID/u })).toBeNull();
    fireEvent.click(screen.getByRole('checkbox', { name: 'Also what is the same' }));
    expect(
      screen.getAllByRole('rowheader', { name: /^SPIFFE ID/u })[0]?.closest('tr')?.textContent,
    ).toContain(web);
    fireEvent.click(screen.getByRole('button', { name: 'Swap' }));
    await screen.findByText(/fields differ/u);
    expect(screen.getByRole('columnheader', { name: /^Before/u }).textContent).toContain('new.pem');
  });
  it('says how to get something to compare with', () => {
    render(<ComparePanel subject={of('a', input)} choices={[]} />);
    expect(screen.getByText('Nothing to compare with')).toBeTruthy();
  });
  it('S-12, S-14: hostile texts are spelled out, and no signature is shown or copied', async () => {
    const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
    vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { clipboard: { writeText } }));
    const key = await makeKey();
    const [one, two] = await Promise.all(
      ['<img src=x onerror=alert(1)>', 'a\u202eb'].map((said) =>
        makeToken(key, { alg: 'ES256', kid: said }, { sub: said, aud: [said], exp: 4e9, [said]: said }),
      ),
    );
    const side = (label: string, text = '') => ({
      key: label,
      label,
      kind: 'jwt-svid' as const,
      bytes: new TextEncoder().encode(text),
    });
    render(<ComparePanel subject={side('one', one)} choices={[side('two', two)]} />);
    await screen.findByText(/fields differ/u);
    expect(document.querySelector('img')).toBeNull();
    expect(document.body.textContent).not.toContain('\u202e');
    expect(document.body.textContent).toContain('a\\u{202e}b');
    fireEvent.click(screen.getByRole('button', { name: 'Copy the comparison as JSON' }));
    fireEvent.click(screen.getByRole('button', { name: 'Copy the comparison as text' }));
    const copied = writeText.mock.calls.flat().join('');
    expect(copied).toContain('\\u{202e}');
    for (const token of [one, two]) {
      const signature = token?.split('.')[2] ?? 'none';
      expect(copied).not.toContain(signature);
      expect(document.body.innerHTML).not.toContain(signature);
    }
    vi.unstubAllGlobals();
  });
});
