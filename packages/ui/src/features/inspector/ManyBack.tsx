import { useMemo } from 'react';
import { Button, formatCount } from '../../components/index.ts';
import { type ManyRow, type ManyView, viewRows } from './many-rows.ts';
import './ManyTable.css';

export interface ManyBackProps {
  readonly rows: readonly ManyRow[];
  readonly view: ManyView;
  readonly audience: string;
  readonly subject: string;
  readonly onOpen: (id: string) => void;
  readonly onBack: () => void;
}

/** Over the sheet of one of many: back to the table, and on to the next line of it. */
export function ManyBack({ rows, view, audience, subject, onOpen, onBack }: ManyBackProps) {
  const shown = useMemo(() => viewRows(rows, view, audience), [rows, view, audience]);
  const at = shown.findIndex(({ document }) => document.id === subject);
  const go = (index: number) => {
    const to = shown[index];
    if (to) onOpen(to.document.id);
  };
  return (
    <nav className="many-back" aria-label="Documents">
      <Button variant="quiet" small onClick={onBack}>
        ← All {formatCount(rows.length)} documents
      </Button>
      {at >= 0 && (
        <span className="row">
          <Button
            variant="quiet"
            small
            aria-label="Previous document"
            disabledReason={at === 0 ? 'This is the first of the table.' : undefined}
            onClick={() => go(at - 1)}
          >
            ‹
          </Button>
          <span className="num">
            {formatCount(at + 1)} of {formatCount(shown.length)}
          </span>
          <Button
            variant="quiet"
            small
            aria-label="Next document"
            disabledReason={at === shown.length - 1 ? 'This is the last of the table.' : undefined}
            onClick={() => go(at + 1)}
          >
            ›
          </Button>
        </span>
      )}
    </nav>
  );
}
