import { type ChangeEvent, type ClipboardEvent, type KeyboardEvent, useRef, useState } from 'react';
import { Button } from '../../components/index.ts';
import { type Dropped, pickedFiles } from './dropped.ts';

export interface SourceInputProps {
  /** Something is there already: this is for another. */
  readonly more: boolean;
  /** Something is dragged over the page. */
  readonly over: boolean;
  readonly onText: (text: string) => void;
  readonly onFiles: (dropped: Dropped) => void;
}

/** Where documents are pasted or picked; they can be dropped anywhere on the page. What is pasted never stays in the field. */
export function SourceInput({ more, over, onText, onFiles }: SourceInputProps) {
  const [typed, setTyped] = useState('');
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (text: string) => {
    setTyped('');
    if (text.trim() !== '') onText(text);
  };
  const onPaste = (event: ClipboardEvent) => {
    event.preventDefault();
    const pasted = [...event.clipboardData.files];
    if (pasted.length > 0) onFiles(pickedFiles(pasted));
    else take(typed + event.clipboardData.getData('text/plain'));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) take(typed);
  };
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    onFiles(pickedFiles([...(event.target.files ?? [])]));
    event.target.value = '';
  };
  return (
    <div className="inspect-drop" data-over={over}>
      <textarea
        aria-label={more ? 'Another document' : 'Document to inspect'}
        placeholder={
          more
            ? 'Paste another document or bundle here, or drop files'
            : 'Paste an SVID, a token, a bundle or a SPIFFE ID here, or drop files or a folder'
        }
        rows={more ? 2 : 5}
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
        <Button small onClick={() => files.current?.click()}>
          Choose files…
        </Button>
        <Button small onClick={() => folder.current?.click()}>
          Folder…
        </Button>
        {typed !== '' && (
          <Button small variant="primary" onClick={() => take(typed)}>
            Inspect
          </Button>
        )}
      </div>
      <input ref={files} type="file" multiple hidden aria-label="Files to inspect" onChange={onPick} />
      <input
        ref={folder}
        type="file"
        // React passes it on as it is; every browser of today knows it.
        {...{ webkitdirectory: '' }}
        hidden
        aria-label="Folder to inspect"
        onChange={onPick}
      />
    </div>
  );
}
