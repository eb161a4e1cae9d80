import { useCallback, useEffect, useRef, useState } from 'react';

/**
 * Where a list is being read. Next to what was read last it follows at once; farther away, as when the scrollbar is
 * dragged through a million rows, only where it rests.
 */
export function usePagesInSight(rest = 90) {
  const [pages, setPages] = useState<readonly number[]>([0]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const latest = useRef(pages);
  const follow = useCallback(
    (wanted: readonly number[]) => {
      clearTimeout(timer.current);
      const now = latest.current;
      if (now.join() === wanted.join()) return;
      const set = () => {
        latest.current = wanted;
        setPages(wanted);
      };
      const near = wanted.some((page) => now.some((had) => Math.abs(had - page) <= 1));
      if (near) set();
      else timer.current = setTimeout(set, rest);
    },
    [rest],
  );
  return [pages, follow] as const;
}
