import { type RefObject, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Space } from './geometry.ts';
import { useSize } from './useSize.ts';
import { Viewport, viewOf } from './viewport.ts';

/** Which rows of a list of any length are drawn, and where. */
export function useViewport(
  scroller: RefObject<HTMLDivElement | null>,
  layer: RefObject<HTMLDivElement | null>,
  count: number,
  scrollKey: string | undefined,
) {
  const { width, height } = useSize(scroller);
  const [viewport] = useState(() => new Viewport());
  const drawn = useSyncExternalStore(viewport.subscribe, viewport.getDrawn);
  const space: Space = { count, view: viewOf(height) };

  useLayoutEffect(() => {
    if (scroller.current && layer.current) return viewport.attach(scroller.current, layer.current);
    return undefined;
  }, [viewport, scroller, layer]);
  const asked = useRef(scrollKey);
  useLayoutEffect(() => {
    viewport.resize(count, height);
    if (asked.current !== scrollKey) viewport.toTop();
    asked.current = scrollKey;
  }, [viewport, count, height, scrollKey]);
  useLayoutEffect(() => viewport.shift());

  return { width, space, drawn: { ...drawn, last: Math.min(drawn.last, count - 1) }, show: viewport.show };
}
