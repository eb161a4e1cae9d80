// @vitest-environment jsdom
import { NotOurGateway } from '@muster/api';
import { Code, ConnectError } from '@connectrpc/connect';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { prepareDom } from '../testing/dom.ts';
import {
  Button,
  Chip,
  CommandBox,
  ErrorState,
  errorWords,
  Field,
  FilterChip,
  proseText,
  SpiffeIdText,
  TagInput,
  Tabs,
  TextInput,
} from './index.ts';
import { formatDuration, formatRelative, formatSeconds } from './time.ts';
import { trustDomainTint } from './TrustDomainTag.tsx';
import { validity } from './ValidityBar.tsx';

prepareDom();

describe('Button', () => {
  it('stays focusable when it cannot be pressed, and says why', () => {
    const press = vi.fn();
    render(
      <Button disabledReason="The server lets us read only." onClick={press}>
        Delete
      </Button>,
    );
    const button = screen.getByRole('button', { name: 'Delete' });
    button.focus();
    expect(document.activeElement).toBe(button);
    fireEvent.click(button);
    expect(press).not.toHaveBeenCalled();
    expect(button.getAttribute('aria-disabled')).toBe('true');
    expect(document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      'The server lets us read only.',
    );
  });
});

it('keeps the focus on a button that is switched off and on', () => {
  const { rerender } = render(<Button>Apply</Button>);
  const button = screen.getByRole('button', { name: 'Apply' });
  button.focus();
  rerender(<Button disabledReason="Nothing was changed yet.">Apply</Button>);
  expect(document.activeElement).toBe(button);
  expect(button.getAttribute('aria-disabled')).toBe('true');
  rerender(<Button>Apply</Button>);
  expect(document.activeElement).toBe(button);
  expect(button.hasAttribute('aria-disabled')).toBe(false);
});

describe('Chip', () => {
  it('has its reason on focus, and Escape hides it', () => {
    render(
      <Chip tone="warn" reason="No agent is under its parent.">
        no agent
      </Chip>,
    );
    const chip = screen.getByText('no agent');
    // jsdom knows no :focus-visible from the keyboard; hovering shows the same.
    vi.useFakeTimers();
    fireEvent.mouseEnter(chip);
    act(() => vi.runAllTimers());
    vi.useRealTimers();
    // A popover that jsdom cannot show counts as hidden there.
    expect(screen.getByRole('tooltip', { hidden: true }).textContent).toBe('No agent is under its parent.');
    fireEvent.keyDown(chip, { key: 'Escape' });
    expect(screen.queryByRole('tooltip', { hidden: true })).toBeNull();
  });
});

describe('SpiffeIdText', () => {
  it('reads and copies as the whole ID', () => {
    const { container } = render(<SpiffeIdText id="spiffe://org-a.test/ns/team/sa/web" />);
    expect(container.textContent).toBe('spiffe://org-a.test/ns/team/sa/web');
    expect(container.querySelector('.sid-last')?.textContent).toBe('/web');
  });

  it.each([
    ['spiffe://org-a.test/\u202Eweb', '\\u{202e}'],
    ['spiffe://org\u0430.test/web', '\\u{430}'],
    ['spiffe://org-a.test/we\u200Bb', '\\u{200b}'],
  ])('shows what is outside ASCII as escapes: %j', (id, escape) => {
    const { container } = render(<SpiffeIdText id={id} />);
    expect(container.textContent).toContain(escape);
    expect([...(container.textContent ?? '')].every((char) => char.charCodeAt(0) < 0x7f)).toBe(true);
    expect(container.querySelector('.sid-odd')).not.toBeNull();
  });

  it('shows what is no SPIFFE ID as it is', () => {
    const { container } = render(<SpiffeIdText id="not an id" />);
    expect(container.textContent).toBe('not an id');
  });
});

it('gives the trust domains of the practice network different tints, always the same', () => {
  expect(['harbor.example', 'lighthouse.example', 'drydock.test'].map(trustDomainTint)).toEqual([1, 2, 3]);
});

describe('times', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  it.each([
    [-4000, '4 s ago'],
    [-12 * 60_000, '12 min ago'],
    [3 * 3_600_000, 'in 3 h'],
    [0, 'now'],
    [5 * 86_400_000, 'in 5 d'],
  ])('%d ms is %s', (ms, text) => expect(formatRelative(new Date(now + ms), now)).toBe(text));
  it('says seconds as the field does', () => {
    expect([3600, 5400, 45, 86_400, 172_800].map(formatSeconds)).toEqual([
      '1 hour',
      '90 min',
      '45 s',
      '1 day',
      '2 days',
    ]);
    expect(formatDuration(90 * 86_400_000)).toBe('3 mo');
  });
  it('judges a validity', () => {
    const from = new Date(now);
    const to = new Date(now + 1_000_000);
    const toneAt = (ms: number) => validity(from, to, new Date(now + ms)).tone;
    expect([-1, 0, 500_000, 900_000, 1_000_000].map(toneAt)).toEqual(['unknown', 'ok', 'ok', 'warn', 'bad']);
    expect(validity(from, to, new Date(now + 1_000_000)).words).toContain('expired');
  });
});

describe('errors', () => {
  it('has a sentence for every code', () => {
    for (const code of Object.values(Code).filter((one) => typeof one === 'number'))
      expect(errorWords(new ConnectError('why', code))).toMatchObject({
        why: 'why',
        what: expect.stringMatching(/\.$/),
      });
  });
  it('names a squatter', () => {
    expect(errorWords(new NotOurGateway('its answer is not signed')).what).toBe('This is not our gateway.');
  });
  it('says what, why and what to do, and tries again', () => {
    const retry = vi.fn();
    render(
      <ErrorState
        error={new ConnectError('spire-org-a: connection refused', Code.Unavailable)}
        retry={retry}
      />,
    );
    expect(screen.getByRole('alert').textContent).toContain('spire-org-a: connection refused');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledOnce();
  });
  it('shows no invisible or reordering character of a server', () => {
    expect(proseText('a\u202Eb\u200Bc\nd “e”')).toBe('a\\u{202e}b\\u{200b}c d “e”');
  });
});

describe('forms', () => {
  it('ties label, hint and error to the control', () => {
    render(
      <Field label="SPIFFE ID" hint="The identity." error="A path is needed.">
        <TextInput value="" onChange={() => undefined} />
      </Field>,
    );
    const input = screen.getByLabelText('SPIFFE ID');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    const described = (input.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent);
    expect(described).toEqual(['The identity.', 'A path is needed.']);
  });

  it('takes several values, refuses a wrong one and gives the last back', () => {
    function Tags() {
      const [values, setValues] = useState<readonly string[]>([]);
      return (
        <TagInput
          values={values}
          onChange={setValues}
          validate={(value) => (value.includes(' ') ? 'No blanks.' : undefined)}
        />
      );
    }
    render(<Tags />);
    const input = screen.getByRole('textbox');
    fireEvent.change(input, { target: { value: 'a.test' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(screen.getByText('a.test')).toBeTruthy();
    fireEvent.change(input, { target: { value: 'b c' } });
    fireEvent.keyDown(input, { key: ',' });
    expect(screen.getByRole('alert').textContent).toBe('No blanks.');
    fireEvent.change(input, { target: { value: '' } });
    fireEvent.keyDown(input, { key: 'Backspace' });
    expect(screen.queryByText('a.test')).toBeNull();
  });
});

it('chooses and clears a filter', () => {
  const change = vi.fn();
  const { rerender } = render(
    <FilterChip label="Parent" value={undefined} options={[{ value: 'a', count: 3 }]} onChange={change} />,
  );
  fireEvent.click(screen.getByRole('button', { name: 'Parent' }));
  fireEvent.click(
    within(screen.getByRole('listbox', { hidden: true })).getByRole('option', { hidden: true }),
  );
  expect(change).toHaveBeenCalledWith('a');
  rerender(<FilterChip label="Parent" value="a" options={[]} onChange={change} />);
  fireEvent.click(screen.getByRole('button', { name: 'Clear Parent' }));
  expect(change).toHaveBeenLastCalledWith(undefined);
});

it('moves among tabs by arrows', () => {
  const select = vi.fn();
  render(
    <Tabs
      label="Kinds"
      tabs={[
        { id: 'a', label: 'A' },
        { id: 'b', label: 'B' },
      ]}
      selected="a"
      onSelect={select}
    >
      content
    </Tabs>,
  );
  fireEvent.keyDown(screen.getByRole('tab', { name: 'A' }), { key: 'ArrowRight' });
  expect(select).toHaveBeenCalledWith('b');
});

it('says when there is no command', () => {
  const { container } = render(
    <CommandBox command={{ tool: '', line: '', note: 'slimctl cannot do this.' }} />,
  );
  expect(container.textContent).toBe('slimctl cannot do this.');
});
