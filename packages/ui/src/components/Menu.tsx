import { autoUpdate, flip, offset, shift, size, useFloating } from '@floating-ui/react';
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import './Menu.css';

interface Props {
  anchor: HTMLElement;
  label: string;
  onClose: () => void;
  children: ReactNode;
}

/** A small panel under its button. Escape and a click elsewhere close it and give the focus back. */
export function Menu({ anchor, label, onClose, children }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const { refs, floatingStyles } = useFloating({
    placement: 'bottom-start',
    strategy: 'fixed',
    elements: { reference: anchor },
    middleware: [
      offset(5),
      flip({ padding: 8 }),
      shift({ padding: 8 }),
      size({
        padding: 8,
        apply: ({ availableHeight, elements }) => {
          elements.floating.style.maxHeight = `${Math.min(380, availableHeight)}px`;
        },
      }),
    ],
    whileElementsMounted: autoUpdate,
  });
  useLayoutEffect(() => {
    element.current?.showPopover?.();
    element.current
      ?.querySelector<HTMLElement>('input, [role="option"], button')
      ?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    const away = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!element.current?.contains(target) && !anchor.contains(target)) onClose();
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [anchor, onClose]);
  return (
    <div
      ref={(node) => {
        element.current = node;
        refs.setFloating(node);
      }}
      className="menu"
      role="dialog"
      aria-label={label}
      popover="manual"
      style={floatingStyles}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
        anchor.focus();
      }}
    >
      {children}
    </div>
  );
}
