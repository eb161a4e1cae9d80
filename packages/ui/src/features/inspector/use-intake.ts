import { useCallback, useEffect, useRef, useState } from 'react';
import type { IntakeProgress, IntakeRequest, IntakeSource } from './intake.ts';
import type { InspectedDocument, Refused } from './documents.ts';
import { type Taking, TakingStopped, takeInBeside } from './taking.ts';
import type { BenchAction } from './workbench.ts';

export interface IntakeState {
  readonly progress: IntakeProgress;
  readonly cancel: () => void;
}

export interface Intake {
  /** Work under way; undefined when there is none. */
  readonly state: IntakeState | undefined;
  /** Resolves when it is on the bench, or is refused; true when something new lies there. */
  readonly give: (sources: readonly IntakeSource[], how?: GiveOptions) => Promise<boolean>;
}

export interface GiveOptions {
  readonly keys?: IntakeRequest['keys'];
  readonly audience?: string;
  readonly reread?: boolean;
  /** Told beside what the intake refuses. */
  readonly refused?: readonly Refused[];
}

const stopped: Readonly<Record<TakingStopped['why'], Refused | undefined>> = {
  cancelled: undefined,
  'too-long': { reason: 'unreadable', name: '', why: 'It took too long to read, and was given up.' },
  broken: { reason: 'unreadable', name: '', why: 'What reads it broke off.' },
};

/** Takes in what is given, one after another, and lays it on the bench. */
export function useIntake(
  documents: readonly InspectedDocument[],
  act: (action: BenchAction) => void,
): Intake {
  const [state, setState] = useState<IntakeState>();
  const known = useRef(documents);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const running = useRef<Taking>(undefined);
  useEffect(() => {
    known.current = documents;
  });
  useEffect(() => () => running.current?.cancel(), []);

  const give = useCallback<Intake['give']>(
    (sources, { keys = 'refuse', audience, reread, refused = [] } = {}) => {
      const work = async (): Promise<boolean> => {
        const files = new Set(reread ? sources.map(({ name }) => name) : []);
        const request: IntakeRequest = {
          sources,
          known: known.current.filter(({ once, file }) => !once && (file === undefined || !files.has(file))),
          keys,
          at: Date.now(),
        };
        const taking = takeInBeside(request, (progress) => setState({ progress, cancel: taking.cancel }));
        running.current = taking;
        // Small things are there before a person could read that they are being read.
        const shown = setTimeout(
          () =>
            setState({
              progress: { step: 'reading', done: 0, total: sources.length },
              cancel: taking.cancel,
            }),
          150,
        );
        try {
          const answer = await taking.answer;
          act({
            do: 'take',
            answer: { ...answer, refused: [...answer.refused, ...refused] },
            ...(audience !== undefined && { audience }),
            ...(reread && { reread }),
          });
          return answer.documents.length > 0;
        } catch (error) {
          if (!(error instanceof TakingStopped)) throw error;
          const said = stopped[error.why];
          if (said) act({ do: 'take', answer: { documents: [], updates: [], refused: [said] } });
          return false;
        } finally {
          clearTimeout(shown);
          setState(undefined);
        }
      };
      const next = queue.current.then(work, work);
      queue.current = next;
      return next;
    },
    [act],
  );
  return { state, give };
}
