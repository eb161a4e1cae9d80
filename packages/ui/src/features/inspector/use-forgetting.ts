import { useEffect, useRef, useState } from 'react';

/** Seconds without use, or out of sight, after which what was given is forgotten (S-14). */
export const forgetAfter = 60;

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/**
 * Counts down while nobody uses the window, and calls `onForget` at the end, or when the page is left.
 * @returns seconds left
 */
export function useForgetting(active: boolean, onForget: () => void): number {
  const [left, setLeft] = useState(forgetAfter);
  const forget = useRef(onForget);
  useEffect(() => {
    forget.current = onForget;
  });
  useEffect(() => {
    if (!active) return;
    let used = Date.now();
    const look = () => {
      const seconds = forgetAfter - Math.floor((Date.now() - used) / 1000);
      setLeft(seconds);
      if (seconds <= 0) forget.current();
    };
    const use = () => {
      // A window that slept past the end does not wake it up by being moved over.
      if (Date.now() - used < forgetAfter * 1000) used = Date.now();
      look();
    };
    // A page that the browser keeps for going back must not keep the document.
    const leave = () => forget.current();
    look();
    const timer = setInterval(look, 1000);
    for (const sign of signs) window.addEventListener(sign, use, { passive: true });
    document.addEventListener('visibilitychange', look);
    window.addEventListener('pagehide', leave);
    return () => {
      clearInterval(timer);
      for (const sign of signs) window.removeEventListener(sign, use);
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('pagehide', leave);
    };
  }, [active]);
  return left;
}
