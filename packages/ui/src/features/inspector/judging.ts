import { judge, type Judgement, type JudgeInput, limits } from '@muster/domain';
import { startWorker } from './start-worker.ts';

export interface Question {
  readonly id: number;
  readonly input: JudgeInput;
}

export interface Answer {
  readonly id: number;
  readonly judgement: Judgement;
}

/** Milliseconds that one document may take. An honest one takes a few. */
export const timeLimit = 5000;

/** Something that judges beside the page. */
export interface Helper {
  ask(question: Question): void;
  end(): void;
}

/** Makes a helper; undefined where there can be none. */
export type MakeHelper = (onAnswer: (answer: Answer) => void, onBroken: () => void) => Helper | undefined;
type Judging = (input: JudgeInput) => Promise<Judgement>;

interface Waiting {
  readonly input: JudgeInput;
  readonly done: (judgement: Judgement) => void;
}

/**
 * Judges beside the page, so that no document, however made, holds the page up (S-18). A helper that takes longer than the
 * limit is ended, and a fresh one made for the next document. Where there can be no helper, the page judges.
 */
export function judgingBeside(makeHelper: MakeHelper, limit = timeLimit): Judging {
  let helper: Helper | undefined;
  let possible = true;
  let last = 0;
  const waiting = new Map<number, Waiting>();

  const endWith = async (answer: Judging) => {
    helper?.end();
    helper = undefined;
    const all = [...waiting.values()];
    waiting.clear();
    for (const { input, done } of all) done(await answer(input));
  };
  const broken = () => {
    possible = false;
    void endWith(judge);
  };
  const answered = ({ id, judgement }: Answer) => {
    waiting.get(id)?.done(judgement);
    waiting.delete(id);
  };
  const tookTooLong = () =>
    void endWith((input) =>
      Promise.resolve(unread(input, `It took too long to judge: more than ${limit / 1000} s.`)),
    );

  return (input) => {
    if (input.input.length > limits.bundleBytes)
      return Promise.resolve(unread(input, `It is larger than ${limits.bundleBytes / 1024 / 1024} MiB.`));
    if (possible) helper ??= makeHelper(answered, broken);
    const asked = helper;
    if (!asked) {
      possible = false;
      return judge(input);
    }
    const id = ++last;
    return new Promise((resolve) => {
      const timer = setTimeout(tookTooLong, limit);
      const done = (judgement: Judgement) => {
        clearTimeout(timer);
        resolve(judgement);
      };
      waiting.set(id, { input, done });
      asked.ask({ id, input });
    });
  };
}

function unread({ kind }: JudgeInput, reason: string): Judgement {
  return { kind, verdict: 'unreadable', reason, checks: [], fails: [], warns: [], decoded: { type: 'none' } };
}

const pageWorker: MakeHelper = (onAnswer, onBroken) => {
  const worker = startWorker<Answer>(onAnswer, onBroken);
  return worker && { ask: (question) => worker.postMessage(question), end: () => worker.terminate() };
};

export const judgeBeside: Judging = judgingBeside(pageWorker);
