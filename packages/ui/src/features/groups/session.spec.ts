import { ChannelSchema } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { patienceWords, sessionOffers, sessionWords } from './session-words.ts';
import { settingsOf } from './SessionSettings.tsx';

const channel = (session: string, moderatedByUs = true, sessionReason = '') =>
  create(ChannelSchema, { session, moderatedByUs, sessionReason });
const labels = (session: string, moderatedByUs = true) =>
  sessionOffers(channel(session, moderatedByUs)).map(({ label }) => label);

describe('our session in a channel', () => {
  it('is said in words with a reason, and not where there is none', () => {
    expect(sessionWords(channel(''))).toBeUndefined();
    for (const session of ['open', 'closed', 'restoring', 'waiting', 'lost']) {
      const words = sessionWords(channel(session));
      expect(words?.label).toBeTruthy();
      expect(words?.reason).toMatch(/\.$/u);
    }
    expect(sessionWords(channel('lost', false, 'its moderator removed us'))?.reason).toContain('removed us');
    expect(sessionWords(channel('open', false))?.reason).toContain('Somebody else moderates');
  });

  it('offers what can be done: leaving is for channels that others moderate', () => {
    expect(labels('open')).toEqual(['Close session…']);
    expect(labels('open', false)).toEqual(['Close session…', 'Leave…']);
    expect(labels('closed')).toEqual(['Rejoin…']);
    expect(labels('closed', false)).toEqual(['Rejoin…', 'Leave…']);
    expect(labels('waiting', false)).toEqual(['Stop waiting…']);
    expect(labels('lost', false)).toEqual(['Open again…', 'Forget…']);
    expect(labels('')).toEqual([]);
  });

  it('says how patient it is, where that is known', () => {
    expect(patienceWords({ maxRetries: 5, intervalMs: 5000 })).toBe('5 retries, 5 s apart');
    expect(patienceWords({ maxRetries: 1, intervalMs: 700 })).toBe('1 retry, 700 ms apart');
    expect(patienceWords({ maxRetries: 0, intervalMs: 0 })).toBe('');
  });
});

describe('settings of a session', () => {
  it('are read as the action takes them, and refused where it would refuse them', () => {
    expect(settingsOf({ retries: '3', seconds: '0.5' })).toEqual({ max_retries: 3, interval_ms: 500 });
    for (const retries of ['', '0', '11', '1.5', 'x'])
      expect(settingsOf({ retries, seconds: '5' })).toMatchObject({ field: 'retries' });
    for (const seconds of ['', '0', '11', 'x', '0.01'])
      expect(settingsOf({ retries: '5', seconds })).toMatchObject({ field: 'seconds' });
  });
});
