import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

/** Beyond these the oldest come back. */
const MOST = 100;

interface PutAwayStore {
  /** Texts, the latest last. */
  texts: readonly string[];
  putAway: (text: string) => void;
}

/** Notices that were read and put away: in this window, over a reload. What is told anew has another text, and shows again. */
export const usePutAway = create<PutAwayStore>()(
  persist(
    (set) => ({
      texts: [],
      putAway: (text) =>
        set(({ texts }) => ({ texts: [...texts.filter((one) => one !== text), text].slice(-MOST) })),
    }),
    { name: 'muster-put-away', storage: createJSONStorage(() => sessionStorage) },
  ),
);
