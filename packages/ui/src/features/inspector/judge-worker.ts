import { judge } from '@muster/domain';
import { answerAside, type AsideQuestion } from './aside.ts';
import { type IntakeSource, takeIn } from './intake.ts';
import { type BatchQuestion, judgeBatch } from './judging-batch.ts';
import type { Question } from './judging.ts';
import type { IntakeQuestion } from './taking.ts';

// A worker's own scope; the page's types, which are compiled with it, do not know it.
const scope = self as unknown as {
  onmessage:
    ((event: MessageEvent<Question | IntakeQuestion | BatchQuestion | AsideQuestion>) => void) | null;
  postMessage: (answer: unknown) => void;
};

let sources: IntakeSource[] = [];

// None of these rejects for what a document holds: what Muster trips over is a judgement, too.
scope.onmessage = ({ data }) => {
  if ('sources' in data) sources.push(...data.sources);
  else if ('intake' in data) {
    const request = { ...data.intake, sources };
    sources = [];
    void takeIn(request, (progress) => scope.postMessage({ progress })).then((answer) =>
      scope.postMessage({ answer }),
    );
  } else if ('batch' in data) void judgeBatch(data, (rows) => scope.postMessage({ rows }));
  else if ('nearest' in data || 'compare' in data)
    void answerAside(data).then((answer) => scope.postMessage(answer));
  else void judge(data.input).then((judgement) => scope.postMessage({ id: data.id, judgement }));
};
