import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { LISTS, useEscapeFromList } from './useEscapeFromList.ts';
import './DetailPanel.css';

interface Props {
  /** What kind of thing it is, and where: "Registration entry · org-a.test". */
  kind: ReactNode;
  title: ReactNode;
  onClose: () => void;
  /** Its state, beside the title. */
  state?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** The selected thing: its state, what it touches, what can be done. A page of its own on narrow windows. */
export function DetailPanel({ kind, title, onClose, state, actions, children }: Props) {
  const id = useId();
  const ref = useRef<HTMLElement>(null);
  useEscapeFromList(onClose);
  // What had the focus in it gives it back to the list, not to nothing.
  useLayoutEffect(() => {
    const panel = ref.current;
    const list = panel?.parentElement;
    return () => {
      if (panel?.contains(document.activeElement)) list?.querySelector<HTMLElement>(LISTS)?.focus();
    };
  }, []);
  return (
    <aside
      ref={ref}
      className="detail"
      aria-labelledby={id}
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && onClose()}
    >
      <header className="detail-head">
        <div className="detail-titles">
          <div className="small">{kind}</div>
          <h2 id={id}>{title}</h2>
        </div>
        <button type="button" className="detail-close" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </header>
      {state && <div className="detail-state">{state}</div>}
      <div className="detail-body stack">{children}</div>
      {actions && <footer className="detail-actions">{actions}</footer>}
    </aside>
  );
}
