import { createContext, type ReactNode, useId, useRef } from 'react';
import { useModal } from './useModal.ts';
import './Dialog.css';

/** True inside a dialog: what would open one stays in the one that is open. */
export const InDialog = createContext(false);

interface Props {
  open?: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** Above the title, small. */
  kicker?: ReactNode;
}

/** A modal over the work: only for a plan, the palette and signing in. */
export function Dialog({ open = true, title, onClose, children, footer, wide, kicker }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useModal(ref, open);
  if (!open) return null;
  return (
    <dialog
      ref={ref}
      className={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // Escape: the owner decides whether it may close.
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className="dialog-inner">
        <header className="dialog-head">
          {kicker && <div className="small">{kicker}</div>}
          <h2 id={titleId} tabIndex={-1} autoFocus>
            {title}
          </h2>
        </header>
        <div className="dialog-body">
          <InDialog value={true}>{children}</InDialog>
        </div>
        {footer && <footer className="dialog-foot">{footer}</footer>}
      </div>
    </dialog>
  );
}
