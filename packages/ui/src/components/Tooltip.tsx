import { autoUpdate, flip, offset, type Placement, shift, useFloating } from '@floating-ui/react';
import {
  cloneElement,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { proseText } from './text.ts';
import './Tooltip.css';

interface Options {
  content: ReactNode;
  placement?: Placement | undefined;
  /** Milliseconds of hovering before it shows; focus shows it at once. */
  delay?: number | undefined;
}

interface Props extends Options {
  children: ReactElement<{ 'aria-describedby'?: string | undefined }>;
  /** Lets the anchor shrink with its cell instead of keeping its own width. */
  shrink?: boolean;
}

/** Says why, on hover and on focus. Escape hides it. */
export function Tooltip({ children, shrink, ...options }: Props) {
  const { handlers, id, tip } = useTip(options);
  const { content } = options;
  if (content === undefined || content === null || content === '') return children;
  return (
    <span className={shrink ? 'tip-anchor tip-shrink' : 'tip-anchor'} {...handlers}>
      {cloneElement(children, { 'aria-describedby': tip ? id : children.props['aria-describedby'] })}
      {tip}
    </span>
  );
}

/** For an element that carries its tip itself: `handlers` go on it, `tip` beside it. Without content it never shows. */
export function useTip({ content, placement = 'top', delay = 250 }: Options) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const id = useId();
  useEffect(() => () => clearTimeout(timer.current), []);
  const hide = () => {
    clearTimeout(timer.current);
    setAnchor(null);
  };
  const handlers = {
    onMouseEnter({ currentTarget }: MouseEvent<HTMLElement>) {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setAnchor(currentTarget), delay);
    },
    onMouseLeave: hide,
    onFocus({ target, currentTarget }: FocusEvent<HTMLElement>) {
      if (target.matches(':focus-visible')) setAnchor(currentTarget);
    },
    onBlur: hide,
    onKeyDown(event: KeyboardEvent) {
      if (event.key !== 'Escape' || !tip) return;
      event.stopPropagation();
      hide();
    },
  };
  const tip = anchor && content !== undefined && content !== null && content !== '' && (
    <Tip id={id} anchor={anchor} placement={placement}>
      {typeof content === 'string' ? proseText(content) : content}
    </Tip>
  );
  return { handlers, id, tip: tip || null };
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
