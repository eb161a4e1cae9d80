import { escapeText } from '@muster/domain/display';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Menu, TrustDomainTag } from '../components/index.ts';

/** Which trust domains are in scope; every page and every copied link keeps it. */
export function ScopeMenu({ names }: { names: readonly string[] }) {
  const { td } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [anchor, setAnchor] = useState<HTMLButtonElement | null>(null);
  const [open, setOpen] = useState(false);
  const choose = (name: string | undefined) => {
    setOpen(false);
    anchor?.focus();
    // What was selected may be out of scope.
    void navigate({ to: '.', search: (old) => ({ ...old, td: name, id: undefined }) });
  };
  return (
    <>
      <button
        ref={setAnchor}
        type="button"
        className="scope"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`Trust domains in scope: ${td === undefined ? 'all' : escapeText(td)}`}
        onClick={() => setOpen(!open)}
      >
        {td ? <TrustDomainTag name={td} /> : 'All trust domains'}
        <span aria-hidden="true" className="caret">
          ▾
        </span>
      </button>
      {open && anchor && (
        <Menu anchor={anchor} label="Trust domains in scope" onClose={() => setOpen(false)}>
          <div role="listbox" aria-label="Trust domains" className="menu-list">
            <button
              type="button"
              role="option"
              aria-selected={!td}
              className="menu-option"
              onClick={() => choose(undefined)}
            >
              <span>All trust domains</span>
            </button>
            {names.map((name) => (
              <button
                key={name}
                type="button"
                role="option"
                aria-selected={td === name}
                className="menu-option"
                onClick={() => choose(name)}
              >
                <span>
                  <TrustDomainTag name={name} />
                </span>
              </button>
            ))}
          </div>
        </Menu>
      )}
    </>
  );
}
