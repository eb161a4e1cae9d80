import { type ClipboardEvent, type DragEvent, type KeyboardEvent, useRef, useState } from 'react';
import { Button } from '../../components/index.ts';

export interface SourceInputProps {
  /** Something is there already: this is for another. */
  readonly more: boolean;
  readonly onText: (text: string) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Where documents are pasted, dropped or picked. What is pasted is taken at once and never stays in the field. */
export function SourceInput({ more, onText, onFiles }: SourceInputProps) {
  const [typed, setTyped] = useState('');
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const take = (text: string) => {
    setTyped('');
    if (text.trim() !== '') onText(text);
  };
  const onPaste = (event: ClipboardEvent) => {
    event.preventDefault();
    const files = [...event.clipboardData.files];
    if (files.length > 0) onFiles(files);
    else take(typed + event.clipboardData.getData('text/plain'));
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) onFiles(files);
    else take(event.dataTransfer.getData('text/plain'));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) take(typed);
  };
  return (
    <div
      className="inspect-drop"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <textarea
        aria-label={more ? 'Another document' : 'Document to inspect'}
        placeholder={
          more
            ? 'Paste or drop another document or bundle'
            : 'Paste an SVID, a token, a bundle or a SPIFFE ID here, or drop files'
        }
        rows={more ? 2 : 6}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        autoCorrect="off"
        autoCapitalize="off"
        data-1p-ignore
        onPaste={onPaste}
        onKeyDown={onKeyDown}
        onChange={(event) => setTyped(event.target.value)}
      />
      <div className="inspect-drop-foot">
        <Button small onClick={() => picker.current?.click()}>
          Choose files…
        </Button>
        {typed !== '' && (
          <Button small variant="primary" onClick={() => take(typed)}>
            Inspect
          </Button>
        )}
        {!more && <span className="small">Its kind is recognised.</span>}
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files to inspect"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </div>
  );
}
