import { type AuthoritySet, type Gate, GateVerdict, type RotationStep, StepState } from '@muster/api';
import { Button, Chip, proseText } from '../../components/index.ts';
import { stepWords, VERDICT } from './words.ts';

interface Props {
  set: AuthoritySet;
  onPlan: (action: string, input: string) => void;
}

const MARK: Record<StepState, { mark: string; word: string }> = {
  [StepState.UNSPECIFIED]: { mark: '', word: '' },
  [StepState.DONE]: { mark: '✓', word: 'done' },
  [StepState.NEXT]: { mark: '', word: 'next' },
  [StepState.LATER]: { mark: '', word: 'later' },
};

/** The way through a whole rotation. It remembers nothing: what is done is what the server shows. */
export function Steps({ set, onPlan }: Props) {
  const over = set.steps.length > 0 && set.steps.every((step) => step.state === StepState.DONE);
  return (
    <ol className="steps" aria-label="Steps of the rotation">
      {set.steps.map((step, i) => (
        <Step
          key={step.action}
          step={step}
          number={i + 1}
          set={set}
          // After the last step the first may begin anew.
          open={step.state === StepState.NEXT || (over && i === 0)}
          onPlan={onPlan}
        />
      ))}
    </ol>
  );
}

interface StepProps extends Props {
  step: RotationStep;
  number: number;
  open: boolean;
}

function Step({ step, number, set, open, onPlan }: StepProps) {
  const { title, button, what } = stepWords(step.action, set.kind);
  const { mark, word } = MARK[step.state];
  const retiring = /\.(taint|revoke)/.test(step.action);
  const closed = step.gates.filter((gate) => gate.verdict === GateVerdict.CLOSED).map(({ text }) => text);
  const again = step.action === 'authority.prepare' && step.state === StepState.DONE;
  return (
    <li className={`step step-${word}`} aria-current={step.state === StepState.NEXT ? 'step' : undefined}>
      <span className="step-mark" aria-hidden="true">
        {mark || number}
      </span>
      <div className="step-body">
        <h3>
          {title} <span className="small step-word">{word}</span>
        </h3>
        <p className="small">{what}</p>
        {open ? (
          <Gates gates={step.gates} />
        ) : (
          step.gates.length > 0 && (
            <details>
              <summary className="small">Gates</summary>
              <Gates gates={step.gates} />
            </details>
          )
        )}
        {(open || step.possible) && (
          <div className="row">
            <Button
              small={!open}
              variant={open ? (retiring ? 'danger' : 'primary') : 'default'}
              disabledReason={step.possible ? undefined : closed.join(' ') || 'It is not possible now.'}
              onClick={() => onPlan(step.action, step.inputJson)}
            >
              {again && !step.insistJson ? 'Begin the next rotation…' : button}
            </Button>
          </div>
        )}
        {step.insistJson && (
          <div className="row">
            <Button
              small
              variant="quiet"
              title="It leaves a key in the bundle that no call reaches; the plan says which."
              onClick={() => onPlan(step.action, step.insistJson)}
            >
              Prepare another all the same…
            </Button>
          </div>
        )}
      </div>
    </li>
  );
}

const ORDER = [GateVerdict.CLOSED, GateVerdict.CAUTION, GateVerdict.HOLDS, GateVerdict.UNKNOWN];

function Gates({ gates }: { gates: readonly Gate[] }) {
  const sorted = gates.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return (
    <ul className="gates">
      {sorted.map((gate) => {
        const { tone, word } = VERDICT[gate.verdict];
        return (
          <li key={gate.text}>
            <Chip tone={tone} reason={REASON[gate.verdict]}>
              {word}
            </Chip>
            <span>{proseText(gate.text)}</span>
          </li>
        );
      })}
    </ul>
  );
}

const REASON: Record<GateVerdict, string> = {
  [GateVerdict.UNSPECIFIED]: 'Nobody can know it here.',
  [GateVerdict.HOLDS]: 'Known, and speaks for the step.',
  [GateVerdict.CAUTION]: 'Known, and speaks against it: possible, but somebody is hit.',
  [GateVerdict.CLOSED]: 'Makes the step impossible now.',
  [GateVerdict.UNKNOWN]: 'Nobody can know it here. Find out before going on, or accept it.',
};
