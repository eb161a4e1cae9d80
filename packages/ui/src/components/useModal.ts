import { type RefObject, useEffect } from 'react';

/** Opens a native dialog over everything, and closes it when it goes. */
export function useModal(ref: RefObject<HTMLDialogElement | null>, open = true): void {
  useEffect(() => {
    const dialog = ref.current;
    if (!open || !dialog || dialog.open) return;
    if (dialog.showModal) dialog.showModal();
    else dialog.setAttribute('open', '');
    return () => dialog.close?.();
  }, [ref, open]);
}
