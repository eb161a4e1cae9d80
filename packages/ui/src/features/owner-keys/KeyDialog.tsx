import { type FormEvent, type ReactNode, useId } from 'react';
import { Button, Dialog } from '../../components/index.ts';

interface Props {
  title: string;
  kicker?: ReactNode;
  next: string;
  busy?: boolean;
  onNext: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** The frame of a form about keys. */
export function KeyDialog({ title, kicker, next, busy, onNext, onClose, children }: Props) {
  const form = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onNext();
  };
  return (
    <Dialog
      title={title}
      kicker={kicker}
      onClose={onClose}
      footer={
        <>
          <Button type="submit" form={form} variant="primary" busy={busy ?? false}>
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
