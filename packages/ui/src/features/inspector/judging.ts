import { judge, type Judgement, type JudgeInput, limits } from '@muster/domain';
import workerAddress from './judge-worker.ts?worker&url';

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

/** Bytes of the largest document of any kind: what is larger is refused before it is read (S-18). */
const largest = limits.bundleBytes;

/** What judging is done by; a spec has its own. */
export interface Helper {
  onmessage: ((event: { readonly data: Answer }) => void) | null;
  onerror: ((event: { preventDefault(): void }) => void) | null;
  postMessage(question: Question): void;
  terminate(): void;
}

type Judging = (input: JudgeInput) => Promise<Judgement>;

/**
 * Judges beside the page, so that no document, however made, holds up the page: a helper that takes longer than the limit is
 * ended, and a fresh one made for the next document. Where there can be no helper it is judged here.
 */
export function judgingBeside(makeHelper: () => Helper | undefined, limit = timeLimit): Judging {
  let helper: Helper | undefined;
  let possible = true;
  let last = 0;
  const waiting = new Map<number, { done: (judgement: Judgement) => void; input: JudgeInput }>();

  const end = (answer: (input: JudgeInput) => Judgement | Promise<Judgement>) => {
    helper?.terminate();
    helper = undefined;
    const all = [...waiting.values()];
    waiting.clear();
    for (const { done, input } of all) void Promise.resolve(answer(input)).then(done);
  };
  const start = (): Helper | undefined => {
    const made = makeHelper();
    if (!made) return undefined;
    made.onmessage = ({ data }) => {
      waiting.get(data.id)?.done(data.judgement);
      waiting.delete(data.id);
    };
    made.onerror = (event) => {
      event.preventDefault();
      // It could not be loaded, or broke: the page can do it, too.
      possible = false;
      end(judge);
    };
    return made;
  };

  return (input) => {
    if (input.input.length > largest)
      return Promise.resolve(unread(input, `It is larger than ${largest / 1024 / 1024} MiB.`));
    helper ??= possible ? start() : undefined;
    if (!helper) {
      possible = false;
      return judge(input);
    }
    const id = ++last;
    const question = { id, input };
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => end((late) => unread(late, `It took too long to judge: more than ${limit / 1000} s.`)),
        limit,
      );
      const done = (judgement: Judgement) => {
        clearTimeout(timer);
        resolve(judgement);
      };
      waiting.set(id, { done, input });
      helper?.postMessage(question);
    });
  };
}

function unread({ kind }: JudgeInput, reason: string): Judgement {
  return { kind, verdict: 'unreadable', reason, checks: [], fails: [], warns: [], decoded: { type: 'none' } };
}

/** Trusted Types, as far as they are needed here; TypeScript's own types do not have them yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (address: string) => string },
  ): { createScriptURL(address: string): string };
}

/**
 * A worker of this page's own script. `require-trusted-types-for 'script'` refuses a plain address, so a policy passes this one
 * address and no other; its name is the only one that `trusted-types` of the page's headers allows (S-11).
 */
function pageWorker(): Helper | undefined {
  if (typeof Worker === 'undefined') return undefined;
  try {
    const own = new URL(workerAddress, import.meta.url).href;
    const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
    const address = trustedTypes
      ? trustedTypes
          .createPolicy('muster-worker', {
            createScriptURL: (asked) => {
              if (asked !== own) throw new TypeError('This policy passes the worker of the inspector only.');
              return asked;
            },
          })
          .createScriptURL(own)
      : own;
    return new Worker(address, { type: 'module', name: 'judge' });
  } catch {
    return undefined;
  }
}

export const judgeBeside: Judging = judgingBeside(pageWorker);
