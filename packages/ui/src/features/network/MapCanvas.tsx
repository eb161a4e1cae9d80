import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { Button } from '../../components/index.ts';
import { type Box, centre } from './map-shapes.ts';
import './MapCanvas.css';

interface Props {
  /** Of the picture, in its own units. */
  width: number;
  height: number;
  /** Smallest scale by itself, where a picture is legible; smaller only when asked for. */
  least: number | undefined;
  /** What is brought into the middle when it is new. */
  focus: (Box & { key: string }) | undefined;
  label: string;
  className: string | undefined;
  legend: ReactNode;
  children: ReactNode;
}

const STEP = 1.25;
const SMALLEST = 0.15;
const LARGEST = 3;

/** A picture that can be larger than the window: scrolled, dragged, zoomed by buttons, by keys, and by Ctrl and the wheel. */
export function MapCanvas({ width, height, least, focus, label, className, legend, children }: Props) {
  const canvas = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  /** Undefined: as large as the window lets it. */
  const [scale, setScale] = useState<number>();
  /** What stays where it is while the scale changes: a point of the picture, and where it is seen. */
  const held = useRef<{ x: number; y: number; left: number; top: number }>(undefined);
  const [dragged, setDragged] = useState(false);

  const scaleNow = useCallback(() => (svg.current?.getScreenCTM?.()?.a ?? 0) || 1, []);
  const zoom = useCallback(
    (factor: number, at?: { left: number; top: number }) => {
      if (!canvas.current || !svg.current) return;
      const seen = canvas.current.getBoundingClientRect();
      const { left, top } = at ?? { left: seen.left + seen.width / 2, top: seen.top + seen.height / 2 };
      const now = scaleNow();
      const drawn = svg.current.getScreenCTM?.();
      if (drawn) held.current = { x: (left - drawn.e) / now, y: (top - drawn.f) / now, left, top };
      setScale(Math.min(LARGEST, Math.max(SMALLEST, now * factor)));
    },
    [scaleNow],
  );
  const fit = () => {
    if (!canvas.current) return;
    const { clientWidth, clientHeight } = canvas.current;
    setScale(
      Math.max(SMALLEST, Math.min((clientWidth - EDGE) / width, (clientHeight - EDGE) / height, 1.25)),
    );
  };

  useLayoutEffect(() => {
    const at = held.current;
    held.current = undefined;
    const drawn = svg.current?.getScreenCTM?.();
    if (!at || !drawn || !canvas.current) return;
    canvas.current.scrollLeft += drawn.e + at.x * drawn.a - at.left;
    canvas.current.scrollTop += drawn.f + at.y * drawn.d - at.top;
  }, [scale]);

  const { x: focusX, y: focusY } = focus ? centre(focus) : { x: 0, y: 0 };
  const focusKey = focus?.key;
  useLayoutEffect(() => {
    const drawn = svg.current?.getScreenCTM?.();
    if (focusKey === undefined || !drawn || !canvas.current) return;
    const seen = canvas.current.getBoundingClientRect();
    canvas.current.scrollLeft += drawn.e + focusX * drawn.a - (seen.left + seen.width / 2);
    canvas.current.scrollTop += drawn.f + focusY * drawn.d - (seen.top + seen.height / 2);
    // A reading that moves it must not move the picture under the pointer.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [focusKey]);

  useEffect(() => {
    const box = canvas.current;
    // React listens passively: the browser would zoom the whole page too.
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 300), { left: event.clientX, top: event.clientY });
    };
    box?.addEventListener('wheel', wheel, { passive: false });
    return () => box?.removeEventListener('wheel', wheel);
  }, [zoom]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '=') zoom(STEP);
    else if (event.key === '-') zoom(1 / STEP);
    else if (event.key === '0') setScale(undefined);
    else return;
    event.preventDefault();
  };
  const drag = {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      // A finger scrolls by itself, and what can be pressed is pressed.
      if (event.button !== 0 || event.pointerType === 'touch') return;
      if ((event.target as Element).closest('[role="button"]')) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDragged(true);
    },
    onPointerMove({ currentTarget, movementX, movementY }: PointerEvent<HTMLDivElement>) {
      if (!dragged) return;
      currentTarget.scrollLeft -= movementX;
      currentTarget.scrollTop -= movementY;
    },
    onPointerUp: () => setDragged(false),
    onPointerCancel: () => setDragged(false),
  };
  const byItself =
    least === undefined
      ? { width: width * (width < 760 ? 1.25 : 1), maxWidth: '100%', minWidth: Math.min(width, 620) }
      : { width: '100%', height: '100%', minWidth: width * least, minHeight: height * least };
  return (
    <>
      <div
        ref={canvas}
        className={`network-canvas${dragged ? ' dragged' : ''}`}
        onKeyDown={onKeyDown}
        {...drag}
      >
        <svg
          ref={svg}
          viewBox={`0 0 ${width} ${height}`}
          style={
            scale === undefined
              ? { ...byItself, maxHeight: least === undefined ? undefined : height * 1.25 }
              : { width: width * scale, height: height * scale }
          }
          className={className}
          role="group"
          aria-label={label}
        >
          {children}
        </svg>
      </div>
      <figcaption className="small">
        <div className="nm-zoom" role="group" aria-label="Zoom">
          <Button
            small
            variant="quiet"
            aria-label="Smaller"
            title="Smaller (-)"
            onClick={() => zoom(1 / STEP)}
          >
            −
          </Button>
          <Button small variant="quiet" aria-label="Larger" title="Larger (+)" onClick={() => zoom(STEP)}>
            +
          </Button>
          <Button small variant="quiet" onClick={fit}>
            Fit all
          </Button>
          {scale !== undefined && (
            <Button small variant="quiet" title="Back to how it was (0)" onClick={() => setScale(undefined)}>
              Reset
            </Button>
          )}
        </div>
        {legend}
      </figcaption>
    </>
  );
}

/** Room that the canvas leaves round the picture, px on both sides together. */
const EDGE = 34;
