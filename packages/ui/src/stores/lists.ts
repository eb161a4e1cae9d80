import { create } from 'zustand';
import { persist } from 'zustand/middleware';

/** A search with a name: what of the address it was, as plain text. */
export interface SavedSearch {
  name: string;
  search: Readonly<Record<string, string>>;
}

interface ListsStore {
  /** Columns shown, by list, in their order; undefined: as the list comes. */
  columns: Readonly<Record<string, readonly string[] | undefined>>;
  saved: Readonly<Record<string, readonly SavedSearch[] | undefined>>;
  setColumns: (list: string, columns: readonly string[] | undefined) => void;
  /** A search of the same name is replaced. */
  save: (list: string, saved: SavedSearch) => void;
  rename: (list: string, name: string, to: string) => void;
  forget: (list: string, name: string) => void;
}

/** How this person wants lists: kept in the browser, and the same in all its windows. */
export const useLists = create<ListsStore>()(
  persist(
    (set) => {
      const change = (list: string, next: (old: readonly SavedSearch[]) => readonly SavedSearch[]) =>
        set((state) => ({ saved: { ...state.saved, [list]: next(state.saved[list] ?? []) } }));
      return {
        columns: {},
        saved: {},
        setColumns: (list, columns) =>
          set((state) => ({ columns: { ...state.columns, [list]: columns && [...columns] } })),
        save: (list, saved) =>
          change(list, (old) => {
            const known = old.some((one) => one.name === saved.name);
            return known ? old.map((one) => (one.name === saved.name ? saved : one)) : [...old, saved];
          }),
        rename: (list, name, to) =>
          change(list, (old) =>
            old
              .filter((one) => one.name !== to || name === to)
              .map((one) => (one.name === name ? { ...one, name: to } : one)),
          ),
        forget: (list, name) => change(list, (old) => old.filter((one) => one.name !== name)),
      };
    },
    { name: 'muster-lists' },
  ),
);
