import { MemberSchema, Presence } from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { byAttention, presenceLabel, presenceOf } from './presence.ts';

const now = new Date('2026-11-22T12:00:00Z');
const offline = create(MemberSchema, {
  name: 'acme/ops/dave',
  presence: Presence.OFFLINE,
  since: timestampFromDate(new Date('2026-11-22T11:58:00Z')),
});
const online = create(MemberSchema, { name: 'acme/ops/alice', presence: Presence.ONLINE });
const unknown = create(MemberSchema, {
  name: 'acme/ops/bob',
  presence: Presence.UNKNOWN,
  presenceReason: 'Polls are off.',
});

describe('presence', () => {
  it('says how long someone is missing, and since when in full', () => {
    const state = presenceOf(offline);
    expect(presenceLabel(state, now)).toBe('offline 2 min');
    expect(state.reason).toContain('2026-11-22 11:58:00 UTC');
  });
  it('is unknown with the reason, never guessed', () => {
    expect(presenceOf(unknown)).toEqual({ state: 'unknown', reason: 'Polls are off.' });
    expect(presenceOf(create(MemberSchema, {})).reason).toContain('does not tell');
  });
  it('puts who is missing first', () => {
    expect(byAttention([online, unknown, offline]).map((member) => member.name)).toEqual([
      'acme/ops/dave',
      'acme/ops/bob',
      'acme/ops/alice',
    ]);
  });
});
