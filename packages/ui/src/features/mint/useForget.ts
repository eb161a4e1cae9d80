import { useEffect, useRef, useState } from 'react';

const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/**
 * Counts down while nobody uses the window, and calls `onForget` at the end, or when the page is left (S-14).
 * @returns seconds left
 */
export function useForget(seconds: number, onForget: () => void): number {
  const [left, setLeft] = useState(seconds);
  const forget = useRef(onForget);
  useEffect(() => {
    forget.current = onForget;
  });
  useEffect(() => {
    let used = Date.now();
    const look = () => {
      const now = Math.max(0, Math.ceil(seconds - (Date.now() - used) / 1000));
      setLeft(now);
      if (now <= 0) forget.current();
    };
    const use = () => {
      // A window that slept past the end is not woken by being moved over.
      if (Date.now() - used < seconds * 1000) used = Date.now();
    };
    // A page that the browser keeps for going back must not keep what was made.
    const leave = () => forget.current();
    const timer = setInterval(look, 1000);
    for (const sign of SIGNS) window.addEventListener(sign, use, { passive: true });
    window.addEventListener('pagehide', leave);
    return () => {
      clearInterval(timer);
      for (const sign of SIGNS) window.removeEventListener(sign, use);
      window.removeEventListener('pagehide', leave);
    };
  }, [seconds]);
  return left;
}
