import { type IntakeAnswer, type IntakeProgress, type IntakeRequest, takeIn } from './intake.ts';
import { lendWorker } from './start-worker.ts';

/** The sources come in portions before the question: a thousand files in one message would hold the page up. */
export type IntakeQuestion =
  { readonly sources: IntakeRequest['sources'] } | { readonly intake: Omit<IntakeRequest, 'sources'> };

/** Sources in one message. */
const PORTION = 50;

type IntakeMessage = { readonly progress: IntakeProgress } | { readonly answer: IntakeAnswer };

export interface Taking {
  /** Rejects with `TakingStopped` when it was cancelled, or gave no sign of life for too long. */
  readonly answer: Promise<IntakeAnswer>;
  readonly cancel: () => void;
}

/** Taking in ended before its end; `why` is a sentence. */
export class TakingStopped extends Error {
  readonly why: 'cancelled' | 'too-long' | 'broken';

  constructor(why: TakingStopped['why']) {
    super(`Taking in stopped: ${why}.`);
    this.name = 'TakingStopped';
    this.why = why;
  }
}

/** Milliseconds without progress after which the worker is given up (S-18). */
const silenceLimit = 15_000;

/**
 * Takes documents in beside the page. A worker that saw private keys is ended, with all that it held: keys that were compared live in
 * no heap that goes on (S-13). Where there can be no worker, the page does it.
 */
export function takeInBeside(
  request: IntakeRequest,
  onProgress: (progress: IntakeProgress) => void,
  limit = silenceLimit,
): Taking {
  let stop: (error: TakingStopped) => void = () => undefined;
  const answer = new Promise<IntakeAnswer>((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const end = (sawKeys: boolean) => {
      clearTimeout(timer);
      over = true;
      if (sawKeys) worker?.end();
      else worker?.giveBack();
    };
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => stop(new TakingStopped('too-long')), limit);
    };
    stop = (error) => {
      if (over) return;
      end(true);
      reject(error);
    };
    const worker = lendWorker<IntakeMessage>(
      (message) => {
        if ('progress' in message) {
          alive();
          onProgress(message.progress);
          return;
        }
        end(message.answer.sawKeys);
        resolve(message.answer);
      },
      () => stop(new TakingStopped('broken')),
    );
    if (!worker) {
      takeIn(request, onProgress).then(resolve, () => stop(new TakingStopped('broken')));
      return;
    }
    alive();
    void send(request, (question) => !over && worker.post(question));
  });
  return { answer, cancel: () => stop(new TakingStopped('cancelled')) };
}

async function send(
  { sources, ...intake }: IntakeRequest,
  post: (question: IntakeQuestion) => void,
): Promise<void> {
  for (let from = 0; from < sources.length; from += PORTION) {
    if (from > 0) await new Promise((resolve) => setTimeout(resolve));
    post({ sources: sources.slice(from, from + PORTION) });
  }
  post({ intake });
}
