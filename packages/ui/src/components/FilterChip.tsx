import { escapeText } from '@muster/domain/display';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { TextInput } from './form/controls.tsx';
import { Menu } from './Menu.tsx';
import './FilterChip.css';

export interface FilterOption {
  value: string;
  label?: ReactNode;
  /** How many rows have it. */
  count?: number;
}

interface Props {
  label: string;
  /** Undefined: this filter is off. */
  value: string | undefined;
  /** How the chosen value is said when it is not its own name. */
  valueLabel?: ReactNode;
  options: readonly FilterOption[];
  onChange: (value: string | undefined) => void;
}

const SEARCHABLE_FROM = 9;

/** One filter: grey and named when off, blue with its value and a way to clear it when on. */
export function FilterChip({ label, value, valueLabel, options, onChange }: Props) {
  const [anchor, setAnchor] = useState<HTMLButtonElement | null>(null);
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const close = () => {
    setOpen(false);
    setSearch('');
  };
  const shown = options.filter((option) => option.value.toLowerCase().includes(search.toLowerCase()));
  const choose = (chosen: string) => {
    onChange(chosen === value ? undefined : chosen);
    close();
    anchor?.focus();
  };
  return (
    <span className={value === undefined ? 'filter' : 'filter on'}>
      <button
        ref={setAnchor}
        type="button"
        className="filter-main"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={value === undefined ? label : `${label}: ${value}`}
        onClick={() => setOpen(!open)}
      >
        {value === undefined ? label : (valueLabel ?? escapeText(value))}
      </button>
      {value !== undefined && (
        <button
          type="button"
          className="filter-clear"
          aria-label={`Clear ${label}`}
          onClick={() => onChange(undefined)}
        >
          ×
        </button>
      )}
      {open && anchor && (
        <Menu anchor={anchor} label={label} onClose={close}>
          {options.length >= SEARCHABLE_FROM && (
            <TextInput
              className="menu-search"
              aria-label={`Find ${label}`}
              value={search}
              onChange={setSearch}
            />
          )}
          <div className="menu-list" role="listbox" aria-label={label} onKeyDown={moveFocus}>
            {shown.slice(0, 200).map((option) => (
              <button
                key={option.value}
                type="button"
                role="option"
                aria-selected={option.value === value}
                className="menu-option"
                onClick={() => choose(option.value)}
              >
                <span>{option.label ?? escapeText(option.value)}</span>
                {option.count !== undefined && <span className="menu-count num">{option.count}</span>}
              </button>
            ))}
            {shown.length === 0 && <div className="small menu-none">Nothing to choose from.</div>}
          </div>
        </Menu>
      )}
    </span>
  );
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const options = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="option"]')];
  const at = options.indexOf(document.activeElement as HTMLElement);
  options[(at + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % options.length]?.focus();
}
