import { escapeText } from '@muster/domain/display';
import { type DragEvent, useId, useRef, useState } from 'react';
import { Button, formatCount, saveText } from '../../components/index.ts';
import type { ImportViewProps } from './ImportView.tsx';
import { csvTemplate, yamlTemplate } from './templates.ts';

/** Beyond this a text is no longer shown to be edited: drawing it would hold up every key. */
const EDITABLE = 200_000;

type Props = Pick<
  ImportViewProps,
  'server' | 'source' | 'text' | 'problem' | 'onFile' | 'onPaste' | 'onClear'
>;

/** A file dropped or chosen, or text pasted; it can be corrected here while it is small. */
export function SourceInput({ server, source, text, problem, onFile, onPaste, onClear }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const id = useId();
  const domain = escapeText(server?.trustDomain || 'example.org');
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  const editable = !source || (source.parts.length === 1 && source.length <= EDITABLE);
  return (
    <div
      className={over ? 'import-drop over' : 'import-drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="row">
        <Button onClick={() => input.current?.click()}>Choose a file…</Button>
        <span className="small">
          {source
            ? `${source.name === '' ? 'Pasted' : escapeText(source.name)}, ${formatCount(source.length)} characters`
            : 'or drop one here, or paste below'}
        </span>
        <span className="grow" />
        {source && (
          <Button small variant="quiet" onClick={onClear}>
            Clear
          </Button>
        )}
        <Button
          small
          variant="quiet"
          onClick={() => saveText('entries.csv', 'text/csv', csvTemplate(domain))}
        >
          CSV template
        </Button>
        <Button
          small
          variant="quiet"
          onClick={() => saveText('entries.yaml', 'application/yaml', yamlTemplate(domain))}
        >
          YAML template
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,.tsv,.txt,.yaml,.yml,.json,text/csv,application/json"
          aria-label="File to import"
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            if (file) onFile(file);
            // The same file, corrected, can be chosen again.
            event.target.value = '';
          }}
        />
      </div>
      {problem && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      {editable ? (
        <textarea
          className="input input-mono import-text"
          aria-label="Entries as CSV, YAML or JSON"
          aria-describedby={id}
          spellCheck={false}
          wrap="off"
          placeholder={`spiffe_id,parent_id,selectors\nspiffe://${domain}/ns/shop/sa/web,spiffe://${domain}/node/cluster-1,k8s:ns:shop;k8s:sa:web`}
          value={text}
          onChange={(event) => onPaste(event.target.value)}
        />
      ) : (
        <p className="small" id={id}>
          Too long to be edited here. Correct the file itself, and choose it again.
        </p>
      )}
    </div>
  );
}
