import { create } from 'zustand';

interface DraftsStore {
  /** What was typed and not applied, by the form it belongs to; lives as long as the window. */
  drafts: Readonly<Record<string, unknown>>;
  setDraft: (key: string, draft: unknown) => void;
  dropDraft: (key: string) => void;
  dropAll: () => void;
}

export const useDrafts = create<DraftsStore>((set) => ({
  drafts: {},
  setDraft: (key, draft) => set((state) => ({ drafts: { ...state.drafts, [key]: draft } })),
  dropDraft: (key) => set((state) => ({ drafts: { ...state.drafts, [key]: undefined } })),
  dropAll: () => set({ drafts: {} }),
}));
