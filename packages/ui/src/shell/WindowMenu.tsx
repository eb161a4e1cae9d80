import { useState } from 'react';
import { Button, Menu } from '../components/index.ts';
import { useConsole } from '../session/SessionContext.ts';
import { type Theme, useWindow } from '../stores/window.ts';

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function WindowMenu() {
  const { session } = useConsole();
  const { theme, setTheme } = useWindow();
  const [anchor, setAnchor] = useState<HTMLButtonElement | null>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        ref={setAnchor}
        variant="quiet"
        aria-label="Theme and sign-out"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
        </svg>
      </Button>
      {open && anchor && (
        <Menu anchor={anchor} label="Theme and sign-out" onClose={() => setOpen(false)}>
          <div role="radiogroup" aria-label="Theme" className="menu-list">
            {THEMES.map(({ value, label }) => (
              <button
                key={value}
                type="button"
                role="radio"
                aria-checked={theme === value}
                aria-selected={theme === value}
                className="menu-option"
                onClick={() => setTheme(value)}
              >
                <span>{label}</span>
                {theme === value && <span aria-hidden="true">✓</span>}
              </button>
            ))}
          </div>
          <hr className="menu-line" />
          <button type="button" className="menu-option" onClick={() => void session.signOut()}>
            <span>Sign out, in all windows</span>
          </button>
        </Menu>
      )}
    </>
  );
}
