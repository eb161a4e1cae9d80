import { proseText } from './text.ts';
import { type ComponentPropsWithRef, useId } from 'react';
import { Tooltip } from './Tooltip.tsx';
import './Button.css';

export interface ButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'disabled'> {
  variant?: 'primary' | 'default' | 'quiet' | 'danger';
  /** Why it cannot be pressed now. The button stays focusable and says so. */
  disabledReason?: string | undefined;
  /** Work is under way: pressing again does nothing. */
  busy?: boolean;
  small?: boolean;
}

export function Button({ variant = 'default', disabledReason, busy, small, ...rest }: ButtonProps) {
  const reasonId = useId();
  const { className, onClick, children, type = 'button', ...props } = rest;
  const off = Boolean(disabledReason) || Boolean(busy);
  const button = (
    <button
      {...props}
      type={type}
      className={['btn', variant, small && 'small-btn', className].filter(Boolean).join(' ')}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      aria-describedby={disabledReason ? reasonId : props['aria-describedby']}
      onClick={(event) => {
        if (off) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
  if (!disabledReason) return button;
  return (
    <>
      <Tooltip content={disabledReason}>{button}</Tooltip>
      <span id={reasonId} hidden>
        {proseText(disabledReason)}
      </span>
    </>
  );
}
