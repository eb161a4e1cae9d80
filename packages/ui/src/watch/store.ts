import { create } from 'zustand';

/** Whether what is shown is told at once when it changes. */
export type LiveState =
  { state: 'connecting' } | { state: 'live' } | { state: 'reconnecting'; reason: string; since: number };

interface Store {
  live: LiveState;
  set: (live: LiveState) => void;
}

export const useLive = create<Store>((set) => ({
  live: { state: 'connecting' },
  set: (live) => set({ live }),
}));
