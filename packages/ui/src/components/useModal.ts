import { type RefObject, useLayoutEffect } from 'react';

/** Opens a native dialog over everything, and closes it when it goes; the focus returns to where it was. */
export function useModal(ref: RefObject<HTMLDialogElement | null>, open = true): void {
  // Before it leaves the document: a dialog that is gone already gives no focus back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!open || !dialog || dialog.open) return;
    const before = document.activeElement;
    if (dialog.showModal) dialog.showModal();
    else dialog.setAttribute('open', '');
    return () => {
      dialog.close?.();
      const lost = document.activeElement === null || document.activeElement === document.body;
      if ((lost || dialog.contains(document.activeElement)) && before instanceof HTMLElement) before.focus();
    };
  }, [ref, open]);
}
