import { escapeText } from '@muster/domain/display';
import { type FormEvent, type ReactNode, useId } from 'react';
import { Button, Dialog, Field, Select } from '../../components/index.ts';

/** What every form of a change has: the control plane it is for, and a way back. */
export interface FormProps {
  /** Control planes that can do it. */
  open: readonly string[];
  connection: string;
  onConnection: (connection: string) => void;
  onClose: () => void;
}

interface Props extends FormProps {
  title: string;
  /** What is wrong with it as it stands. */
  problem: string | undefined;
  onAsk: () => void;
  onReview: () => void;
  children: ReactNode;
}

/** A form before its plan: it asks for a review, and says what is missing once it was asked. */
export function TaskFrame({ title, problem, onReview, onAsk, children, ...of }: Props) {
  const form = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAsk();
    if (!problem) onReview();
  };
  return (
    <Dialog
      title={title}
      kicker={of.open.length === 1 ? `On ${escapeText(of.connection)}` : undefined}
      onClose={of.onClose}
      footer={
        <>
          <Button type="submit" form={form} variant="primary">
            Review
          </Button>
          <Button onClick={of.onClose}>Cancel</Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={submit} noValidate autoComplete="off">
        {of.open.length > 1 && (
          <Field label="Control plane">
            <Select
              value={of.connection}
              onChange={of.onConnection}
              options={of.open.map((value) => ({ value }))}
            />
          </Field>
        )}
        {children}
      </form>
    </Dialog>
  );
}

/** As the actions take names of segments and domains. */
const NAME = /^[A-Za-z0-9._-]{1,253}$/u;
export const ODD = 'Letters, digits, dots, underscores and hyphens only.';
export const isTopologyName = (name: string): boolean => NAME.test(name);
