import { type FormEvent, type ReactNode, useId } from 'react';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';

interface Props {
  title: string;
  /** Above the title, small. */
  kicker?: ReactNode;
  /** What goes on from here, in words: "Review", "Review the invitation". */
  next: string;
  /** Why it cannot go on. */
  disabledReason?: string | undefined;
  busy?: boolean;
  onNext: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** A form over the work: Enter in a field goes on as its button does, and the footer stays in sight. */
export function FormDialog({ title, kicker, next, disabledReason, busy, onNext, onClose, children }: Props) {
  const form = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (disabledReason === undefined && !busy) onNext();
  };
  return (
    <Dialog
      title={title}
      kicker={kicker}
      onClose={onClose}
      footer={
        <>
          <Button
            type="submit"
            form={form}
            variant="primary"
            busy={busy ?? false}
            disabledReason={disabledReason}
          >
            {next}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={submit} noValidate autoComplete="off">
        {children}
      </form>
    </Dialog>
  );
}
