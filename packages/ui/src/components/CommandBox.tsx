import { proseText } from './text.ts';
import { escapeText } from '@muster/domain/display';
import type { EquivalentCommand } from '@muster/api';
import { CopyButton } from './CopyButton.tsx';
import './CommandBox.css';

/** The field's own command that does or shows the same, ready to paste. */
export function CommandBox({ command }: { command: Pick<EquivalentCommand, 'tool' | 'line' | 'note'> }) {
  const line = escapeText(command.line);
  return (
    <div className="cmd">
      {line && (
        <div className="cmd-line">
          <code>{line}</code>
          <CopyButton text={line} label="Copy command" />
        </div>
      )}
      {command.note && <div className="small cmd-note">{proseText(command.note)}</div>}
      {!line && !command.note && <div className="small">No command does this.</div>}
    </div>
  );
}
