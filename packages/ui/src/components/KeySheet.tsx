import { Fragment, useEffect, useState } from 'react';
import { create } from 'zustand';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import './KeySheet.css';

export interface KeyGroup {
  title: string;
  keys: readonly { keys: readonly string[]; does: string }[];
}

interface KeysStore {
  open: boolean;
  /** Of the page that is shown. */
  groups: readonly KeyGroup[];
  show: (open: boolean) => void;
  use: (groups: readonly KeyGroup[]) => () => void;
}

const NO_GROUPS: readonly KeyGroup[] = [];
const useSheet = create<KeysStore>((set) => ({
  open: false,
  groups: NO_GROUPS,
  show: (open) => set({ open }),
  use: (groups) => {
    set({ groups });
    // The next page may have said its own already.
    return () => set((state) => (state.groups === groups ? { groups: NO_GROUPS } : state));
  },
}));

/** Says which keys work on a page, for as long as it is shown. `groups` must be the same object at every render. */
export function useKeys(groups: readonly KeyGroup[]): void {
  const use = useSheet((store) => store.use);
  useEffect(() => use(groups), [use, groups]);
}

const EVERYWHERE: KeyGroup = {
  title: 'Everywhere',
  keys: [
    { keys: ['Ctrl', 'K'], does: 'Find an entry, agent, channel, or action' },
    { keys: ['?'], does: 'This sheet' },
    { keys: ['Esc'], does: 'Close what is open' },
  ],
};
const LISTS: KeyGroup = {
  title: 'Lists',
  keys: [
    { keys: ['↑', '↓'], does: 'Move by a row' },
    { keys: ['Page Up', 'Page Down'], does: 'Move by a screen' },
    { keys: ['Home', 'End'], does: 'First and last row' },
    { keys: ['Enter'], does: 'Open what is under the cursor' },
  ],
};

/** Opens on `?` outside of what is typed in. */
export function KeySheet() {
  const { open, groups, show } = useSheet();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof Element &&
        event.target.closest('input, textarea, select, dialog, [contenteditable]');
      if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey || typing) return;
      event.preventDefault();
      show(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [show]);
  if (!open) return null;
  const shown = [...(groups.length > 0 ? groups : [LISTS]), EVERYWHERE];
  return (
    <Dialog
      title="Keys"
      onClose={() => show(false)}
      footer={<Button onClick={() => show(false)}>Close</Button>}
    >
      {shown.map(({ title, keys }) => (
        <section key={title} className="key-group">
          <h3>{title}</h3>
          <dl className="key-list">
            {keys.map(({ keys: names, does }) => (
              <Fragment key={does}>
                <dt>
                  {names.map((name) => (
                    <kbd key={name}>{name}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}

/** The way to the sheet for whoever does not know `?`. */
export function KeysButton() {
  const [show] = useState(() => useSheet.getState().show);
  return (
    <Button small variant="quiet" onClick={() => show(true)}>
      <kbd>?</kbd> keys
    </Button>
  );
}
