// @vitest-environment jsdom
import { create } from '@bufbuild/protobuf';
import { WarningSchema } from '@muster/api';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usePutAway } from '../../stores/put-away.ts';
import { ChannelWarnings } from './ChannelWarnings.tsx';

const declined = create(WarningSchema, {
  code: 'sessions',
  text: 'An invitation to o/n/room that nobody here asked for was declined, last at 2026-11-23T10:00:00.000Z.',
});
const again = { ...declined, text: declined.text.replace('10:00', '10:05') };
const unread = create(WarningSchema, { code: 'unread', text: 'slim: It did not answer in time.' });

beforeEach(() => {
  sessionStorage.clear();
  usePutAway.setState({ texts: [] });
});
afterEach(cleanup);

/** A page loaded anew: nothing is left but what the window keeps. */
async function reload(): Promise<void> {
  cleanup();
  const kept = sessionStorage.getItem('muster-put-away');
  usePutAway.setState({ texts: [] });
  sessionStorage.setItem('muster-put-away', kept ?? '{}');
  await usePutAway.persist.rehydrate();
}

describe('what there is to know of channels', () => {
  it('stays put away over a reload, until it is told anew', async () => {
    render(<ChannelWarnings warnings={[declined, unread]} />);
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByText(declined.text)).toBeNull();
    await reload();
    render(<ChannelWarnings warnings={[declined, unread]} />);
    expect(screen.queryByText(declined.text)).toBeNull();
    cleanup();
    render(<ChannelWarnings warnings={[again, unread]} />);
    expect(screen.getByText(again.text)).toBeTruthy();
  });

  it('cannot be put away while it is so', () => {
    usePutAway.getState().putAway(unread.text);
    render(<ChannelWarnings warnings={[unread]} />);
    expect(screen.getByText(unread.text)).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('is kept for a hundred at most', () => {
    for (let count = 0; count < 120; count += 1) usePutAway.getState().putAway(`${count}`);
    expect(usePutAway.getState().texts).toHaveLength(100);
    expect(usePutAway.getState().texts.at(-1)).toBe('119');
  });
});
