import { judge } from '@muster/domain';
import type { Answer, Question } from './judging.ts';

// A worker's own scope; the page's types, which are compiled with it, do not know it.
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Question>) => void) | null;
  postMessage: (answer: Answer) => void;
};

scope.onmessage = ({ data }) => {
  // Never rejects: what Muster trips over is a judgement, too.
  void judge(data.input).then((judgement) => scope.postMessage({ id: data.id, judgement }));
};
