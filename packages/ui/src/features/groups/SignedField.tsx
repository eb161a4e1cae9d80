import { type ReactNode, useState } from 'react';
import { Field } from '../../components/index.ts';
import './owner-fields.css';

const MOST = 16 * 1024;

interface Props {
  readonly label: string;
  readonly optional?: boolean;
  /** What it is, in one word: grant, request. */
  readonly what: string;
  /** Before and after the choice of its file, in one sentence. */
  readonly before: string;
  readonly after?: ReactNode;
  readonly placeholder: string;
  readonly error?: string | undefined;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** A JSON that somebody signed elsewhere: pasted, or from its file. */
export function SignedField({
  label,
  optional = false,
  what,
  before,
  after,
  placeholder,
  error,
  value,
  onChange,
}: Props) {
  const [unread, setUnread] = useState<string>();
  const take = async (file: File | undefined) => {
    if (!file) return;
    setUnread(file.size > MOST ? `The file is longer than a ${what}.` : undefined);
    if (file.size <= MOST) onChange(await file.text());
  };
  return (
    <Field
      label={label}
      optional={optional}
      error={unread ?? error}
      hint={
        <>
          {before}; paste it, or{' '}
          <label className="groups-file">
            choose its file
            <input
              type="file"
              className="vh"
              aria-label={`Choose a ${what} file`}
              accept=".json,application/json"
              onChange={(event) => void take(event.target.files?.[0])}
            />
          </label>
          .{after}
        </>
      }
    >
      <textarea
        className="input input-mono groups-grant"
        aria-label={label}
        rows={3}
        spellCheck={false}
        maxLength={MOST}
        placeholder={placeholder}
        value={value}
        onChange={(event) => {
          setUnread(undefined);
          onChange(event.target.value);
        }}
      />
    </Field>
  );
}
