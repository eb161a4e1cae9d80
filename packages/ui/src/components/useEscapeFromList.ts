import { useEffect, useRef } from 'react';

/** What opens something beside itself. */
export const LISTS = '[role="grid"], [role="treegrid"]';

/** Escape closes what is open from its list, too; in a field, a menu or a dialog it is theirs. */
export function useEscapeFromList(onClose: () => void): void {
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || !(event.target instanceof Element)) return;
      if (event.target === document.body || event.target.matches(`${LISTS}, svg [role="button"]`))
        close.current();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
