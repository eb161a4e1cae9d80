import type { CompareInput, Comparison, NearestInput, NearestSigner } from '@muster/domain';
import { answerAside, type AsideAnswer, type AsideQuestion } from './aside.ts';
import { timeLimit } from './judging.ts';
import { lendWorker } from './start-worker.ts';

/** Who signed a document, found beside the page; undefined as well when that took too long. */
export async function signerBeside(nearest: NearestInput): Promise<NearestSigner | undefined> {
  const answer = await askBeside({ nearest });
  return answer?.aside as NearestSigner | undefined;
}

/** Two documents compared beside the page. */
export async function compareBeside(left: CompareInput, right: CompareInput): Promise<Comparison> {
  const answer = await askBeside({ compare: [left, right] });
  const late = { comparable: false, why: `It took too long: more than ${timeLimit / 1000} s.` } as const;
  return (answer?.aside as Comparison | undefined) ?? late;
}

/** Documents are anybody's, so that neither holds the page up (S-18): a worker that takes too long is ended. */
function askBeside(question: AsideQuestion): Promise<AsideAnswer | undefined> {
  return new Promise((resolve) => {
    const worker = lendWorker<AsideAnswer>(
      (answer) => {
        clearTimeout(timer);
        worker?.giveBack();
        resolve(answer);
      },
      () => {
        clearTimeout(timer);
        worker?.end();
        resolve(answerAside(question));
      },
    );
    const timer =
      worker &&
      setTimeout(() => {
        worker.end();
        resolve(undefined);
      }, timeLimit);
    if (worker) worker.post(question);
    else resolve(answerAside(question));
  });
}
