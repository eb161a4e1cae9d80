import type { Check, Judgement } from '@muster/domain';
import { describe, expect, it } from 'vitest';
import { countChecks, filterChecks, needsAudience, sortChecks, verdictOf } from './sheet.ts';

const check = (id: string, verdict: Check['verdict'], evidence = 'seen'): Check => ({
  id,
  verdict,
  evidence,
  spec: 'X509-SVID',
  section: '4.3',
  level: 'MUST',
  text: 'a | b `c`',
});
const judgement = (
  verdict: Judgement['verdict'],
  checks: Check[],
  reason = 'The leaf has expired (X-16).',
): Judgement => ({
  kind: 'x509-svid',
  verdict,
  reason,
  checks,
  fails: checks.filter((one) => one.verdict === 'fail').map((one) => one.id),
  warns: checks.filter((one) => one.verdict === 'warn').map((one) => one.id),
  decoded: { type: 'none' },
});
const mixed = [
  check('X-01', 'pass'),
  check('X-12', 'warn'),
  check('X-16', 'fail'),
  check('X-28', 'not-applicable'),
  check('X-14', 'not-checked'),
];

describe('the sheet', () => {
  it('puts what is broken first and keeps the order of the specifications', () => {
    expect(sortChecks([check('X-02', 'pass'), ...mixed]).map((one) => one.id)).toEqual([
      'X-16',
      'X-12',
      'X-02',
      'X-01',
      'X-14',
      'X-28',
    ]);
  });
  it('filters and counts', () => {
    expect(countChecks(mixed)).toEqual({ all: 5, broken: 1, warnings: 1, holds: 1, 'not-checked': 2 });
    expect(filterChecks(mixed, 'not-checked').map((one) => one.id)).toEqual(['X-28', 'X-14']);
  });
});

describe('the verdict', () => {
  it('counts what applies', () => {
    expect(verdictOf(judgement('invalid', mixed), '')).toEqual({
      tone: 'bad',
      title: 'Not valid',
      sentence: '1 of 3 requirements is broken: the leaf has expired (X-16).',
    });
    expect(verdictOf(judgement('valid', mixed.slice(0, 2), 'It is fine.'), '').sentence).toBe(
      'All 2 requirements that apply hold, with 1 warning. It is fine.',
    );
  });
  it('tells an issuer’s fault from a verifier’s', () => {
    expect(verdictOf(judgement('invalid', [check('X-07', 'fail')]), '').title).toBe('Not conformant');
    expect(verdictOf(judgement('invalid', [check('X-07', 'fail'), check('X-16', 'fail')]), '').title).toBe(
      'Not valid',
    );
  });
  it('asks for the audience only when nothing else is wrong', () => {
    const missing = judgement('invalid', [check('J-09', 'fail')]);
    expect(verdictOf(missing, '').title).toBe('For which audience?');
    expect(verdictOf(missing, 'other').title).toBe('Not valid');
    expect(needsAudience(judgement('invalid', [check('J-09', 'fail'), check('J-12', 'fail')]), '')).toBe(
      false,
    );
  });
  it('names what is broken besides the audience that was not said', () => {
    const checks = [check('J-09', 'fail', 'No audience.'), check('J-12', 'fail', 'The token expired.')];
    expect(verdictOf(judgement('invalid', checks, 'No audience (J-09).'), '').sentence).toContain(
      'broken: the token expired (J-12).',
    );
    expect(verdictOf(judgement('invalid', checks, 'Not for it (J-09).'), 'other').sentence).toContain(
      'broken: not for it (J-09).',
    );
  });
  it('says when nothing could be read or judged', () => {
    expect(verdictOf(judgement('unreadable', [], 'No.'), '').title).toBe('Cannot be read');
    expect(verdictOf(judgement('skip', [], 'No.'), '')).toMatchObject({
      title: 'Not judged',
      tone: 'unknown',
    });
  });
});
