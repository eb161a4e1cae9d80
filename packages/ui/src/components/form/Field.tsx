import { createContext, type ReactNode, use, useId } from 'react';
import './form.css';

interface FieldContext {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
}
const Context = createContext<FieldContext | undefined>(undefined);

interface Props {
  label: string;
  hint?: ReactNode;
  /** Why the value cannot be taken. */
  error?: string | undefined;
  optional?: boolean;
  children: ReactNode;
}

/** A label, its control, a hint, and the reason when the value is refused. */
export function Field({ label, hint, error, optional, children }: Props) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return (
    <div className={error ? 'field invalid' : 'field'}>
      <label htmlFor={id}>
        {label}
        {optional && <span className="field-optional"> optional</span>}
      </label>
      <Context value={{ id, describedBy, invalid: Boolean(error) }}>{children}</Context>
      {error && (
        <div className="field-error" id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
      {hint && (
        <div className="small" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}

/** What ties a control to the field around it; nothing outside of one. */
export function useFieldProps() {
  const field = use(Context);
  return field ? { id: field.id, 'aria-describedby': field.describedBy, 'aria-invalid': field.invalid } : {};
}
