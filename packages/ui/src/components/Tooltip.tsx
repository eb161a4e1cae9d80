import { proseText } from './text.ts';
import { autoUpdate, flip, offset, type Placement, shift, useFloating } from '@floating-ui/react';
import {
  cloneElement,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import './Tooltip.css';

interface Props {
  content: ReactNode;
  children: ReactElement<{ 'aria-describedby'?: string | undefined }>;
  placement?: Placement;
  /** Milliseconds of hovering before it shows; focus shows it at once. */
  delay?: number;
  /** Lets the anchor shrink with its cell instead of keeping its own width. */
  shrink?: boolean;
}

/** Says why, on hover and on focus. Escape hides it. */
export function Tooltip({ content, children, placement = 'top', delay = 250, shrink }: Props) {
  const [open, setOpen] = useState(false);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const id = useId();
  useEffect(() => () => clearTimeout(timer.current), []);
  if (content === undefined || content === null || content === '') return children;

  const show = (after: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(true), after);
  };
  const hide = () => {
    clearTimeout(timer.current);
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && open) {
      event.stopPropagation();
      hide();
    }
  };
  return (
    <span
      ref={setAnchor}
      className={shrink ? 'tip-anchor tip-shrink' : 'tip-anchor'}
      onMouseEnter={() => show(delay)}
      onMouseLeave={hide}
      onFocus={(event) => event.target.matches(':focus-visible') && setOpen(true)}
      onBlur={hide}
      onKeyDown={onKeyDown}
    >
      {cloneElement(children, { 'aria-describedby': open ? id : children.props['aria-describedby'] })}
      {open && anchor && (
        <Tip id={id} anchor={anchor} placement={placement}>
          {typeof content === 'string' ? proseText(content) : content}
        </Tip>
      )}
    </span>
  );
}

function Tip(props: { id: string; anchor: HTMLElement; placement: Placement; children: ReactNode }) {
  const { refs, floatingStyles } = useFloating({
    placement: props.placement,
    strategy: 'fixed',
    elements: { reference: props.anchor },
    middleware: [offset(7), flip({ padding: 8 }), shift({ padding: 8 })],
    whileElementsMounted: autoUpdate,
  });
  const element = useRef<HTMLSpanElement>(null);
  // The top layer: above dialogs and outside of every clipped cell.
  useLayoutEffect(() => element.current?.showPopover?.(), []);
  return (
    <span
      ref={(node) => {
        element.current = node;
        refs.setFloating(node);
      }}
      id={props.id}
      role="tooltip"
      popover="manual"
      className="tip"
      style={floatingStyles}
    >
      {props.children}
    </span>
  );
}
