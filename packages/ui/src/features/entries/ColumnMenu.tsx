import { useState } from 'react';
import { Button, Checkbox, Menu } from '../../components/index.ts';
import { COLUMNS, USUAL } from './columns.tsx';

interface Props {
  /** Undefined: as the list comes. */
  chosen: readonly string[] | undefined;
  onChoose: (columns: readonly string[] | undefined) => void;
}

/** Which fields of an entry have a column. */
export function ColumnMenu({ chosen, onChoose }: Props) {
  const [anchor, setAnchor] = useState<HTMLButtonElement | null>(null);
  const [open, setOpen] = useState(false);
  const shown = new Set(['id', ...(chosen ?? USUAL)]);
  const toggle = (id: string) => {
    const next = new Set(shown);
    if (!next.delete(id)) next.add(id);
    onChoose(COLUMNS.filter((column) => next.has(column.id)).map((column) => column.id));
  };
  return (
    <>
      <Button
        small
        ref={setAnchor}
        variant="quiet"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        Columns
      </Button>
      {open && anchor && (
        <Menu anchor={anchor} label="Columns" onClose={() => setOpen(false)}>
          <div className="entry-columns" role="group" aria-label="Columns">
            {COLUMNS.map(({ id, header }) => (
              <Checkbox
                key={id}
                label={header}
                checked={shown.has(id)}
                disabled={id === 'id'}
                onChange={() => toggle(id)}
              />
            ))}
          </div>
          <hr className="menu-line" />
          <button
            type="button"
            className="menu-option"
            disabled={!chosen}
            onClick={() => onChoose(undefined)}
          >
            <span>{chosen ? 'Usual columns' : 'These are the usual columns'}</span>
          </button>
        </Menu>
      )}
    </>
  );
}
