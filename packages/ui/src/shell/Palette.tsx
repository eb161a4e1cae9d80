import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from 'react';
import { useModal } from '../components/useModal.ts';
import { useConsole } from '../session/SessionContext.ts';
import { useWindow } from '../stores/window.ts';
import { fixedItems, foundItems, type PaletteItem } from './paletteItems.tsx';
import { useFound } from './queries.ts';
import './Palette.css';

/** Finds a page, an entry, an agent, a channel or an action. Arrows move, Enter goes, Escape closes. */
export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const base = useId();
  const navigate = useNavigate();
  const { session } = useConsole();
  const setTheme = useWindow((store) => store.setTheme);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const search = useDeferredValue(useSettled(text.trim(), 120));
  const found = useFound(search);
  useModal(dialog);

  const items = [
    ...fixedItems(text, { navigate, setTheme, signOut: () => void session.signOut() }),
    ...(text.trim() ? foundItems(text.trim(), found, navigate) : []),
  ];
  const current = Math.min(at, items.length - 1);
  const pick = (item: PaletteItem | undefined) => {
    if (!item) return;
    onClose();
    item.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') pick(items[current]);
    else if (event.key === 'ArrowDown') setAt((current + 1) % Math.max(1, items.length));
    else if (event.key === 'ArrowUp') setAt((current - 1 + items.length) % Math.max(1, items.length));
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    document.getElementById(`${base}-${current}`)?.scrollIntoView?.({ block: 'nearest' });
  }, [base, current]);
  return (
    <dialog
      ref={dialog}
      className="dialog palette"
      aria-label="Find anything"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <input
        autoFocus
        className="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${base}-list`}
        aria-activedescendant={items[current] ? `${base}-${current}` : undefined}
        aria-label="Find an entry, agent, channel, or action"
        placeholder="Find an entry, agent, channel, or action"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="palette-list" role="listbox" id={`${base}-list`} aria-label="Found">
        {items.map((item, i) => (
          <div key={item.key} role="presentation">
            {items[i - 1]?.group !== item.group && <div className="palette-group">{item.group}</div>}
            <div
              role="option"
              id={`${base}-${i}`}
              aria-selected={i === current}
              className="menu-option palette-option"
              data-active={i === current}
              onPointerMove={() => setAt(i)}
              onClick={() => pick(item)}
            >
              <span>{item.label}</span>
              {item.hint && <span className="small">{item.hint}</span>}
            </div>
          </div>
        ))}
        {items.length === 0 && (
          <p className="palette-none small">
            {found.entries.isFetching
              ? 'Looking…'
              : 'Nothing has this in its ID, parent, selectors, DNS names or hint.'}
          </p>
        )}
      </div>
      <div className="page-foot">
        <span>↑↓ move</span>
        <span>Enter go</span>
        <span>Esc close</span>
      </div>
    </dialog>
  );
}

/** The value once it has rested for `ms`. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
