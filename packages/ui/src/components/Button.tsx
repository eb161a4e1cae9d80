import { type ComponentPropsWithRef, useId } from 'react';
import { proseText } from './text.ts';
import { useTip } from './Tooltip.tsx';
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
  const { handlers, tip } = useTip({ content: disabledReason });
  const off = Boolean(disabledReason) || Boolean(busy);
  // No wrapper that comes and goes with the reason: an element that is made anew loses the focus.
  return (
    <>
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
        onMouseEnter={(event) => {
          handlers.onMouseEnter(event);
          props.onMouseEnter?.(event);
        }}
        onMouseLeave={(event) => {
          handlers.onMouseLeave();
          props.onMouseLeave?.(event);
        }}
        onFocus={(event) => {
          handlers.onFocus(event);
          props.onFocus?.(event);
        }}
        onBlur={(event) => {
          handlers.onBlur();
          props.onBlur?.(event);
        }}
        onKeyDown={(event) => {
          handlers.onKeyDown(event);
          props.onKeyDown?.(event);
        }}
      >
        {busy && <span className="spinner" aria-hidden="true" />}
        {children}
      </button>
      {disabledReason && (
        <span id={reasonId} hidden>
          {proseText(disabledReason)}
        </span>
      )}
      {tip}
    </>
  );
}
