import { escapeText } from '@muster/domain/display';
import type { ReactNode } from 'react';
import { Field, FormDialog, Select } from '../../components/index.ts';

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
  const next = () => {
    onAsk();
    if (!problem) onReview();
  };
  return (
    <FormDialog
      title={title}
      kicker={of.open.length === 1 ? `On ${escapeText(of.connection)}` : undefined}
      next="Review"
      onNext={next}
      onClose={of.onClose}
    >
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
    </FormDialog>
  );
}

/** As the actions take names of segments and domains. */
const NAME = /^[A-Za-z0-9._-]{1,253}$/u;
export const ODD = 'Letters, digits, dots, underscores and hyphens only.';
export const isTopologyName = (name: string): boolean => NAME.test(name);
