import { Severity } from '@muster/api';
import { describe, expect, it } from 'vitest';
import type { SlotRow, SlotsRow } from '../upstream/spire/authority-calls.ts';
import type { BundleKey } from './bundle-keys.ts';
import { joinAuthorities } from './join.ts';
import { automatic } from './situation.ts';
import type { OldUseFacts, Situation } from './situation.ts';
import { standing } from './standing.ts';
import { isPossible, isSafe, rotationSteps } from './steps.ts';
import type { Verb } from './steps.ts';

const now = 1_800_000_000n;
const day = 86_400n;

const row = (id: string, upstream = ''): SlotRow => ({ id, expiresAt: now + day, upstream });
const key = (id: string, over: Partial<BundleKey> = {}): BundleKey => ({
  id,
  notBefore: now - 3600n,
  expiresAt: now + day,
  tainted: false,
  fingerprint: 'f',
  subject: 'O=SPIFFE',
  ...over,
});
const none: SlotsRow = { active: undefined, prepared: undefined, old: undefined };

function situation(slots: Partial<SlotsRow>, keys: BundleKey[], over: Partial<Situation> = {}): Situation {
  const all = { ...none, ...slots };
  return {
    connection: 'org-a',
    trustDomain: 'org-a.test',
    kind: 'x509',
    now,
    slots: all,
    authorities: joinAuthorities('x509', all, keys, now),
    peers: [],
    workloads: [],
    live: [],
    oldUse: undefined,
    entries: 10,
    agents: 2,
    lacks: '',
    ...over,
  };
}

function step(of: Situation, verb: Verb) {
  const found = rotationSteps(of).find((one) => one.verb === verb);
  if (!found) throw new Error(`no ${verb}`);
  return found;
}
const closed = (of: Situation, verb: Verb) =>
  step(of, verb)
    .gates.filter(({ verdict }) => verdict === 'closed')
    .map(({ text }) => text)
    .join(' ');

describe('the join of slots and bundle', () => {
  it('tells taint and revocation, which the slots do not', () => {
    const slots = { active: row('aa'), old: row('bb') };
    const joined = (keys: BundleKey[]) =>
      situation(slots, keys).authorities.find(({ slot }) => slot === 'old');
    expect(joined([key('aa'), key('bb')])).toMatchObject({ inBundle: true, tainted: false });
    expect(joined([key('aa'), key('bb', { tainted: true })])).toMatchObject({
      inBundle: true,
      tainted: true,
    });
    expect(joined([key('aa')])).toMatchObject({
      inBundle: false,
      note: expect.stringMatching(/^Revoked/) as string,
    });
  });

  it('says what a key in no slot may be', () => {
    const note = (over: Partial<BundleKey>) =>
      situation({ active: row('aa') }, [key('aa'), key('cc', over)]).authorities.at(-1)?.note;
    expect(note({ notBefore: now })).toMatch(/^Newer than the active one .*preparing twice/);
    expect(note({ notBefore: now - day })).toMatch(/^Rotated out here earlier, or of another server/);
    expect(note({ tainted: true })).toMatch(/^Tainted and in no slot/);
    expect(note({ expiresAt: now - 1n })).toMatch(/^It has expired/);
  });

  it('looks for the upstream authority in the bundle, where there is one', () => {
    const slots = { active: row('aa', 'UP'), old: row('bb', 'ab') };
    const { authorities } = situation(slots, [key('up'.toUpperCase()), key('ab', { tainted: true })]);
    expect(authorities.map(({ slot, inBundle, tainted }) => [slot, inBundle, tainted])).toEqual([
      ['active', true, false],
      ['old', true, true],
      ['upstream', true, false],
      ['upstream', true, true],
    ]);
  });
});

describe('the steps of a rotation', () => {
  it('lead on as the server shows, and remember nothing', () => {
    const states = (of: Situation) => rotationSteps(of).map(({ state }) => state);
    expect(states(situation({ active: row('aa') }, [key('aa')]))).toEqual([
      'next',
      'later',
      'later',
      'later',
    ]);
    expect(states(situation({ active: row('aa'), prepared: row('bb') }, [key('aa'), key('bb')]))).toEqual([
      'done',
      'next',
      'later',
      'later',
    ]);
    const old = { active: row('bb'), old: row('aa') };
    expect(states(situation(old, [key('aa'), key('bb')]))).toEqual(['done', 'done', 'next', 'later']);
    expect(states(situation(old, [key('aa', { tainted: true }), key('bb')]))[3]).toBe('next');
    expect(states(situation(old, [key('bb')]))).toEqual(['done', 'done', 'done', 'done']);
  });

  it('activate is not safe while a copy lacks the new key, and says whose', () => {
    const slots = { active: row('aa'), prepared: row('bb') };
    const keys = [key('aa'), key('bb')];
    const behind = situation(slots, keys, {
      peers: [{ connection: 'org-b', keys: ['aa'] }],
      workloads: [{ connection: 'agent-a', keys: ['aa', 'bb'] }],
    });
    expect(isPossible(step(behind, 'activate'))).toBe(true);
    expect(isSafe(step(behind, 'activate'))).toBe(false);
    expect(step(behind, 'activate').gates.find(({ verdict }) => verdict === 'caution')?.text).toMatch(
      /copy of org-b/,
    );
    const there = situation(slots, keys, { peers: [{ connection: 'org-b', keys: ['BB', 'aa'] }] });
    expect(isSafe(step(there, 'activate'))).toBe(true);
    // What nobody can know is said in either case.
    expect(step(there, 'activate').gates.some(({ verdict }) => verdict === 'unknown')).toBe(true);
  });

  it('revoke is closed before the taint, and not safe while something live hangs on the key', () => {
    const slots = { active: row('bb'), old: row('aa') };
    expect(closed(situation(slots, [key('aa'), key('bb')]), 'revoke')).toMatch(/is not tainted/);
    const use: OldUseFacts = {
      id: 'aa',
      activatedAfter: now - 60n,
      activatedBefore: now - 45n,
      agents: 2,
      agentsMoved: 2,
      svids: 3,
      svidsOnOld: 0,
      until: now + day,
      likelyUntil: now - 1n,
      likelyReason: '',
    };
    const keys = [key('aa', { tainted: true }), key('bb')];
    const revoke = (oldUse: OldUseFacts) => step(situation(slots, keys, { oldUse }), 'revoke');
    expect(isSafe(revoke(use))).toBe(true);
    for (const worse of [{ svidsOnOld: 1 }, { agentsMoved: 1 }])
      expect([worse, isSafe(revoke({ ...use, ...worse }))]).toEqual([worse, false]);
    expect(isPossible(revoke({ ...use, svidsOnOld: 3 }))).toBe(true);
    // Agents replace X.509-SVIDs at a taint; a token in somebody’s hands stays what it is.
    const later = { ...use, likelyUntil: now + 60n };
    expect(isSafe(revoke(later))).toBe(true);
    expect(isSafe(step({ ...situation(slots, keys, { oldUse: later }), kind: 'jwt' }, 'revoke'))).toBe(false);
  });

  it('with an upstream authority name that one, and only once it signs nothing active', () => {
    const rotated = situation({ active: row('bb', 'u2'), old: row('aa', 'ab') }, [key('u2'), key('ab')]);
    expect(step(rotated, 'taint')).toMatchObject({ upstream: true, id: 'ab' });
    expect(isPossible(step(rotated, 'taint'))).toBe(true);
    const shared = situation({ active: row('bb', 'ab'), old: row('aa', 'ab') }, [key('ab')]);
    expect(closed(shared, 'taint')).toMatch(/signed the old and the active local one/);
  });

  it('are all closed where the connection may not write', () => {
    const of = situation({ active: row('aa') }, [key('aa')], {
      lacks: 'It does not permit this to our identity.',
    });
    for (const one of rotationSteps(of))
      expect(one.gates[0]).toMatchObject({ verdict: 'closed', text: of.lacks });
  });
});

describe('where a rotation stands', () => {
  const of = (slots: Partial<SlotsRow>, keys: BundleKey[]) => standing(situation(slots, keys));

  it('is urgent when nothing issued is trusted', () => {
    expect(of({}, []).severity).toBe(Severity.DANGER);
    expect(of({ active: row('aa') }, []).severity).toBe(Severity.DANGER);
    expect(of({ active: { ...row('aa'), expiresAt: now } }, [key('aa')]).severity).toBe(Severity.DANGER);
  });

  it('wants a look when the server did not prepare in time, or a tainted one is left', () => {
    const late = key('aa', { notBefore: now - 100n * day, expiresAt: now + 60n });
    expect(of({ active: { ...row('aa'), expiresAt: now + 60n } }, [late])).toMatchObject({
      severity: Severity.WARNING,
    });
    const tainted = of({ active: row('bb'), old: row('aa') }, [key('bb'), key('aa', { tainted: true })]);
    expect(tainted.severity).toBe(Severity.WARNING);
    expect(of({ active: row('aa') }, [key('aa')]).severity).toBe(Severity.UNSPECIFIED);
  });
});

it('knows when the server prepares and activates: half and a sixth of the life, at most 30 and 7 days before', () => {
  const life = (length: bigint) =>
    automatic(
      situation({ active: { ...row('aa'), expiresAt: now + length } }, [
        key('aa', { notBefore: now, expiresAt: now + length }),
      ]),
    );
  expect(life(6n * 3600n)).toEqual({ prepares: now + 3n * 3600n, activates: now + 5n * 3600n });
  expect(life(365n * day)).toEqual({ prepares: now + 335n * day, activates: now + 358n * day });
});
