import { escapeText } from '@muster/domain/display';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { TextInput } from './form/controls.tsx';
import { Menu } from './Menu.tsx';
import { formatCount } from './numbers.ts';
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
  /** Says what a text that is none of the options would filter by; undefined when it cannot. */
  typed?: (text: string) => string | undefined;
  /** What may be typed, in the box. */
  placeholder?: string;
}

const SEARCHABLE_FROM = 9;

/** One filter: grey and named when off, blue with its value and a way to clear it when on. */
export function FilterChip(props: Props) {
  const { label, value, valueLabel, options, onChange, typed, placeholder } = props;
  const [anchor, setAnchor] = useState<HTMLButtonElement | null>(null);
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const close = () => {
    setOpen(false);
    setSearch('');
  };
  const shown = options.filter((option) => option.value.toLowerCase().includes(search.toLowerCase()));
  const own = typed?.(search.trim());
  const offered = own !== undefined && !options.some((option) => option.value === own) ? own : undefined;
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
        aria-label={value === undefined ? label : `${label}: ${escapeText(value)}`}
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
          {(typed || options.length >= SEARCHABLE_FROM) && (
            <TextInput
              className="menu-search"
              aria-label={`Find ${label}`}
              placeholder={placeholder}
              value={search}
              onChange={setSearch}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && offered !== undefined) choose(offered);
                if (event.key === 'ArrowDown') focusFirst(event);
              }}
            />
          )}
          <div className="menu-list" role="listbox" aria-label={label} onKeyDown={moveFocus}>
            {offered !== undefined && (
              <button
                type="button"
                role="option"
                aria-selected={false}
                className="menu-option"
                onClick={() => choose(offered)}
              >
                <span>
                  Use <b>{escapeText(offered)}</b>
                </span>
              </button>
            )}
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
                {option.count !== undefined && (
                  <span className="menu-count num">{formatCount(option.count)}</span>
                )}
              </button>
            ))}
            {shown.length === 0 && offered === undefined && (
              <div className="small menu-none">{placeholder ?? 'Nothing to choose from.'}</div>
            )}
          </div>
        </Menu>
      )}
    </span>
  );
}

function focusFirst(event: KeyboardEvent<HTMLElement>): void {
  event.preventDefault();
  event.currentTarget.closest('.menu')?.querySelector<HTMLElement>('[role="option"]')?.focus();
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const options = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="option"]')];
  const at = options.indexOf(document.activeElement as HTMLElement);
  options[(at + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % options.length]?.focus();
}
