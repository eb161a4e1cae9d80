import { proseText } from '../text.ts';
import { type ApplyResult, ItemOutcome, type ItemResult } from '@muster/api';
import type { JsonObject } from '@bufbuild/protobuf';
import { type ReactNode, use, useEffect, useEffectEvent, useState } from 'react';
import { Button } from '../Button.tsx';
import { Dialog, InDialog } from '../Dialog.tsx';
import { ErrorState } from '../ErrorState.tsx';
import { Skeleton } from '../Skeleton.tsx';
import { useTicking } from '../time.ts';
import { toDate } from '../timestamp.ts';
import { ApplyButton } from './ApplyButton.tsx';
import { PlanView } from './PlanView.tsx';
import { Progress } from './Progress.tsx';
import { useApply, usePlan } from './queries.ts';
import './plan.css';

interface Props {
  /** Name of the action, e.g. `entry.delete`. */
  action: string;
  /** By the action's input schema. */
  input: JsonObject;
  /** It was applied, and the person has seen the result. */
  onDone: (result: ApplyResult) => void;
  /** Nothing was changed. What was typed stays with the caller. */
  onCancel: () => void;
  /** It takes long, and may be left to the gateway, which goes on. Absent: its end is waited for. */
  onLeave?: () => void;
  /** Shown with the results once all of it was applied: what to do with what was made. */
  renderNext?: (items: readonly ItemResult[]) => ReactNode;
  /** No plan could be made: true when the caller shows why itself, where it was typed. */
  onRefused?: (error: unknown) => boolean;
}

/** An application that takes longer may be left. */
const SLOW_MS = 2000;

/** Plan, review, apply: the only way anything is changed. */
export function PlanReview(props: Props) {
  // An undo is a plan of its own, reviewed in the same place.
  const [undo, setUndo] = useState<{ action: string; input: JsonObject }>();
  const now = undo ?? { action: props.action, input: props.input };
  return <OnePlan {...props} key={undo ? 'undo' : 'do'} {...now} onUndo={undo ? undefined : setUndo} />;
}

interface OneProps extends Props {
  onUndo: ((undo: { action: string; input: JsonObject }) => void) | undefined;
}

function OnePlan({ action, input, onDone, onCancel, onLeave, onUndo, renderNext, onRefused }: OneProps) {
  const planned = usePlan(action, input);
  const { state, apply, stop, leave, reset } = useApply();
  const [stopping, setStopping] = useState(false);
  const plan = planned.data?.plan;
  const refuse = useEffectEvent((error: unknown) => void onRefused?.(error));
  useEffect(() => {
    if (planned.error) refuse(planned.error);
  }, [planned.error]);
  const unfinished =
    state.state === 'applied' &&
    plan?.resumable === true &&
    state.items.some(({ outcome }) => outcome === ItemOutcome.UNKNOWN || outcome === ItemOutcome.SKIPPED);
  const expiresAt = toDate(plan?.expiresAt)?.getTime();
  const expired = useTicking((now) => expiresAt !== undefined && now > expiresAt) && state.state === 'idle';
  const since = state.state === 'applying' ? state.since : undefined;
  const slow = useTicking((now) => since !== undefined && now > since + SLOW_MS);
  const again = () => {
    reset();
    void planned.refetch();
  };
  const close = () => {
    if (state.state === 'applied') onDone(state.result);
    else if (state.state !== 'applying') onCancel();
  };
  const { inverse = '', inverseInput } = state.state === 'applied' ? state.result : {};
  return (
    <Frame
      title={plan ? proseText(plan.title) : planned.error ? 'No plan could be made' : 'Planning…'}
      kicker={plan ? <>Plan · {proseText(plan.targetDescription)}</> : 'Plan'}
      onClose={close}
      footer={
        state.state === 'applied' ? (
          <>
            {unfinished && plan && (
              <Button
                variant="primary"
                onClick={() => {
                  setStopping(false);
                  void apply(plan, true);
                }}
              >
                Go on
              </Button>
            )}
            <Button variant={unfinished ? 'default' : 'primary'} autoFocus={!unfinished} onClick={close}>
              Done
            </Button>
            {inverse && inverseInput && onUndo && (
              <Button onClick={() => onUndo({ action: inverse, input: inverseInput })}>Undo…</Button>
            )}
          </>
        ) : (
          <>
            {plan && plan.changes.length > 0 && state.state !== 'failed' && !expired && (
              <ApplyButton
                plan={plan}
                busy={state.state === 'applying'}
                onApply={() => {
                  setStopping(false);
                  void apply(plan);
                }}
              />
            )}
            {(planned.error || state.state === 'failed' || expired) && (
              <Button variant="primary" busy={planned.isFetching} onClick={again}>
                Plan again
              </Button>
            )}
            {plan?.stoppable && state.state === 'applying' && (
              <Button
                busy={stopping}
                onClick={() => {
                  setStopping(true);
                  void stop(plan);
                }}
              >
                {stopping ? 'Stopping…' : 'Stop'}
              </Button>
            )}
            {slow && onLeave ? (
              <Button
                onClick={() => {
                  leave();
                  onLeave();
                }}
              >
                Leave it running
              </Button>
            ) : (
              <Button
                onClick={close}
                disabledReason={
                  state.state === 'applying'
                    ? 'It was sent to the server and cannot be taken back.'
                    : undefined
                }
              >
                {planned.error || state.state === 'failed' ? 'Back, keep what I typed' : 'Cancel'}
              </Button>
            )}
          </>
        )
      }
    >
      {planned.isPending && <Skeleton rows={4} />}
      {planned.error && state.state === 'idle' && <ErrorState error={planned.error} />}
      {expired && (
        <p className="plan-expired">This plan is too old to apply: the server may have changed since.</p>
      )}
      {state.state === 'failed' && <ErrorState error={state.error} />}
      {state.state !== 'idle' && <Progress state={state} />}
      {unfinished && (
        <p className="small">
          {stopping ? 'It was stopped.' : 'The connection broke.'} Go on applies the same plan again: what was
          done is found, and not done twice.
        </p>
      )}
      {state.state === 'applied' && renderNext?.(state.items)}
      {plan && state.state === 'idle' && <PlanView plan={plan} />}
    </Frame>
  );
}

interface FrameProps {
  title: string;
  kicker: ReactNode;
  footer: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

function Frame({ title, kicker, footer, onClose, children }: FrameProps) {
  const inside = use(InDialog);
  if (!inside)
    return (
      <Dialog wide title={title} kicker={kicker} onClose={onClose} footer={footer}>
        {children}
      </Dialog>
    );
  return (
    <section className="plan-inline stack" aria-label={title}>
      <div className="small">{kicker}</div>
      {children}
      <div className="row">{footer}</div>
    </section>
  );
}
