import { escapeText } from '@muster/domain/display';
import { proseText } from '../text.ts';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { useFieldProps } from './Field.tsx';

interface TextProps extends Omit<ComponentPropsWithRef<'input'>, 'onChange' | 'value'> {
  value: string;
  onChange?: (value: string) => void;
  /** In the machine's type: identifiers, selectors. */
  mono?: boolean;
}

export function TextInput({ onChange, mono, className, ...props }: TextProps) {
  return (
    <input
      type="text"
      autoComplete="off"
      spellCheck={false}
      {...useFieldProps()}
      {...props}
      {...(props.placeholder !== undefined && { placeholder: proseText(props.placeholder) })}
      className={['input', mono && 'input-mono', className].filter(Boolean).join(' ')}
      onChange={(event) => onChange?.(event.target.value)}
    />
  );
}

interface SelectProps extends Omit<ComponentPropsWithRef<'select'>, 'onChange'> {
  onChange?: (value: string) => void;
  options?: readonly { value: string; label?: string }[];
}

export function Select({ options, children, onChange, className, ...props }: SelectProps) {
  return (
    <select
      {...useFieldProps()}
      {...props}
      className={['input select', className].filter(Boolean).join(' ')}
      onChange={(event) => onChange?.(event.target.value)}
    >
      {options?.map((option) => (
        <option key={option.value} value={option.value}>
          {escapeText(option.value) === option.value
            ? proseText(option.label ?? option.value)
            : escapeText(option.label ?? option.value)}
        </option>
      ))}
      {children}
    </select>
  );
}

interface CheckboxProps extends Omit<ComponentPropsWithRef<'input'>, 'type' | 'children' | 'onChange'> {
  label: ReactNode;
  hint?: ReactNode;
  onChange?: (checked: boolean) => void;
}

export function Checkbox({ label, hint, onChange, ...props }: CheckboxProps) {
  return (
    <label className="checkbox">
      <input type="checkbox" {...props} onChange={(event) => onChange?.(event.target.checked)} />
      <span>
        {label}
        {hint && <span className="small checkbox-hint">{hint}</span>}
      </span>
    </label>
  );
}
