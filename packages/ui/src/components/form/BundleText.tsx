import { useRef, useState } from 'react';
import { Button } from '../Button.tsx';
import { Field, useFieldProps } from './Field.tsx';

interface Props {
  text: string;
  onChange: (text: string) => void;
  /** How the other side gets it. */
  hint: string;
}

const MOST = 4 * 1024 * 1024;

/** A trust bundle as text: pasted, or read from a file here. */
export function BundleText({ text, onChange, hint }: Props) {
  const [problem, setProblem] = useState<string>();
  const file = useRef<HTMLInputElement>(null);
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    const tooLarge = chosen.size > MOST;
    setProblem(tooLarge ? `${chosen.name} has more than 4 MiB; no bundle is that large.` : undefined);
    if (!tooLarge) onChange(await chosen.text());
  };
  return (
    <Field label="Bundle" error={problem} hint={hint}>
      <Area text={text} onChange={onChange} />
      <div className="row">
        <Button small onClick={() => file.current?.click()}>
          Choose a file…
        </Button>
        <span className="small">SPIFFE bundle document (JSON), or PEM of X.509 authorities</span>
      </div>
      <input
        ref={file}
        type="file"
        hidden
        aria-label="File of the bundle"
        accept=".json,.pem,.crt,.bundle,application/json"
        onChange={(event) => {
          void take(event.target.files?.[0]);
          // The same file may be chosen again after it was mended.
          event.target.value = '';
        }}
      />
    </Field>
  );
}

function Area({ text, onChange }: Pick<Props, 'text' | 'onChange'>) {
  return (
    <textarea
      {...useFieldProps()}
      className="input input-mono"
      rows={6}
      value={text}
      maxLength={MOST}
      spellCheck={false}
      autoComplete="off"
      placeholder={'{ "keys": [ … ] }'}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
