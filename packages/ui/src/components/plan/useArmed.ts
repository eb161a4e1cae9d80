import { useEffect, useState } from 'react';

const ARMED_AFTER = 500;

/** True once the element has been wholly visible for half a second: a click meant for something else does nothing (S-33). */
export function useArmed(element: HTMLElement | null): boolean {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    if (!element) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let inSight = typeof IntersectionObserver === 'undefined';
    const judge = () => {
      clearTimeout(timer);
      setArmed(false);
      if (inSight && document.visibilityState === 'visible')
        timer = setTimeout(() => setArmed(true), ARMED_AFTER);
    };
    const observer = inSight
      ? undefined
      : new IntersectionObserver(
          ([entry]) => {
            const now = (entry?.intersectionRatio ?? 0) > 0.95;
            if (now === inSight) return;
            inSight = now;
            judge();
          },
          { threshold: [0, 0.96] },
        );
    observer?.observe(element);
    document.addEventListener('visibilitychange', judge);
    judge();
    return () => {
      clearTimeout(timer);
      observer?.disconnect();
      document.removeEventListener('visibilitychange', judge);
    };
  }, [element]);
  return armed;
}
