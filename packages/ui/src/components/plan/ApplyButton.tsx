import type { Plan } from '@muster/api';
import { useEffect, useState } from 'react';
import { Button } from '../Button.tsx';
import { useArmed } from './useArmed.ts';

interface Props {
  plan: Plan;
  busy: boolean;
  onApply: () => void;
}

/** Names the change. Red when it destroys, and then never what Enter presses by default. */
export function ApplyButton({ plan, busy, onApply }: Props) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const seen = useArmed(element);
  // Only what destroys waits: a click that does nothing is a puzzle everywhere else.
  const armed = seen || !plan.destructive;
  useEffect(() => {
    // Only while the focus still rests on the dialog's heading: nobody's focus is taken away.
    if (!plan.destructive && document.activeElement?.closest('.dialog-head')) element?.focus();
  }, [element, plan.destructive]);
  return (
    <Button
      ref={setElement}
      variant={plan.destructive ? 'danger' : 'primary'}
      busy={busy}
      data-armed={armed}
      className="apply"
      onClick={() => armed && onApply()}
    >
      {plan.title}
    </Button>
  );
}
