import type { KeyGroup } from '../../components/index.ts';

/** The keys of this page, for `?`. */
export const ENTRY_KEYS: readonly KeyGroup[] = [
  {
    title: 'Entries',
    keys: [
      { keys: ['/'], does: 'Search' },
      { keys: ['↑', '↓'], does: 'Move by a row' },
      { keys: ['Page Up', 'Page Down'], does: 'Move by a screen' },
      { keys: ['Home', 'End'], does: 'First and last of all rows' },
      { keys: ['Enter'], does: 'Open what is under the cursor' },
      { keys: ['x'], does: 'Select it, to delete or clone several' },
      { keys: ['e'], does: 'Edit it' },
      { keys: ['c'], does: 'Clone it' },
      { keys: ['Esc'], does: 'Close what is open; empty the search' },
    ],
  },
  {
    title: 'Tree',
    keys: [
      { keys: ['→'], does: 'Open a level, or go into it' },
      { keys: ['←'], does: 'Close a level, or go to its parent' },
    ],
  },
];
