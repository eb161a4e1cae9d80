import { judge, type JudgeInput, limits } from '@muster/domain';
import { describe, expect, it } from 'vitest';
import { type Answer, judgingBeside, type Question } from './judging.ts';

const inputOf = (text: string): JudgeInput => ({
  kind: 'spiffe-id',
  input: new TextEncoder().encode(text),
  bundles: new Map(),
  at: new Date(),
});

/** A helper that answers what it is given to answer, through a structured clone as a worker's messages go. */
function helpers(answers: (text: string) => boolean) {
  const log = { made: 0, ended: 0, breakIt: () => undefined as void };
  const make = (onAnswer: (answer: Answer) => void, onBroken: () => void) => {
    log.made++;
    log.breakIt = onBroken;
    return {
      ask: (question: Question) => {
        const { id, input } = structuredClone(question);
        if (!answers(new TextDecoder().decode(input.input))) return;
        void judge(input).then((judgement) => onAnswer(structuredClone({ id, judgement })));
      },
      end: () => void log.ended++,
    };
  };
  return { log, make };
}

describe('S-18: judging', () => {
  it('is done by one helper, for all documents', async () => {
    const { log, make } = helpers(() => true);
    const judging = judgingBeside(make);
    const found = await Promise.all([
      judging(inputOf('spiffe://org-a.test/web')),
      judging(inputOf('spiffe://org-a.test/Ä')),
    ]);
    expect(found.map(({ verdict }) => verdict)).toEqual(['valid', 'invalid']);
    expect(log).toMatchObject({ made: 1, ended: 0 });
  });
  it('of what takes too long is ended, and goes on with the next', async () => {
    const { log, make } = helpers((text) => !text.includes('slow'));
    const judging = judgingBeside(make, 30);
    const slow = await judging(inputOf('spiffe://org-a.test/slow'));
    expect(slow).toMatchObject({ verdict: 'unreadable', checks: [] });
    expect(slow.reason).toContain('took too long to judge');
    expect(log.ended).toBe(1);
    expect((await judging(inputOf('spiffe://org-a.test/web'))).verdict).toBe('valid');
    expect(log).toMatchObject({ made: 2, ended: 1 });
  });
  it('is done by the page where a helper breaks, or cannot be', async () => {
    const { log, make } = helpers(() => false);
    const judging = judgingBeside(make);
    const waiting = judging(inputOf('spiffe://org-a.test/web'));
    log.breakIt();
    expect((await waiting).verdict).toBe('valid');
    expect((await judging(inputOf('spiffe://org-a.test/web'))).verdict).toBe('valid');
    expect(log.made).toBe(1);
    expect((await judgingBeside(() => undefined)(inputOf('spiffe://org-a.test/web'))).verdict).toBe('valid');
  });
  it('is refused for what is too large, without being begun', async () => {
    const { log, make } = helpers(() => true);
    const large = { ...inputOf(''), input: new Uint8Array(limits.bundleBytes + 1) };
    expect(await judgingBeside(make)(large)).toMatchObject({ verdict: 'unreadable' });
    expect(log.made).toBe(0);
  });
});
