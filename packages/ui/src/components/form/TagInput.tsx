import { proseText } from '../text.ts';
import { escapeText } from '@muster/domain/display';
import { type KeyboardEvent, useId, useState } from 'react';
import { useFieldProps } from './Field.tsx';

interface Props {
  values: readonly string[];
  onChange: (values: string[]) => void;
  placeholder?: string;
  suggestions?: readonly string[];
  /** @returns why a value cannot be taken */
  validate?: (value: string) => string | undefined;
}

/** Several short values. Enter or a comma adds, Backspace in the empty input takes the last one back. */
export function TagInput({ values, onChange, placeholder, suggestions, validate }: Props) {
  const [draft, setDraft] = useState('');
  const [problem, setProblem] = useState<string>();
  const listId = useId();
  const field = useFieldProps();

  const add = () => {
    const value = draft.trim();
    if (!value) return;
    const why = values.includes(value) ? `${value} is there already.` : validate?.(value);
    setProblem(why);
    if (why) return;
    onChange([...values, value]);
    setDraft('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ',') {
      // Enter on an empty input submits the form, as in any other input.
      if (draft.trim() || event.key === ',') event.preventDefault();
      add();
    } else if (event.key === 'Backspace' && !draft && values.length > 0) {
      onChange(values.slice(0, -1));
    }
  };
  return (
    <>
      <div className="input tags">
        {values.map((value) => (
          <span className="tag" key={value}>
            <span className="mono">{escapeText(value)}</span>
            <button
              type="button"
              aria-label={`Remove ${escapeText(value)}`}
              onClick={() => onChange(values.filter((other) => other !== value))}
            >
              ×
            </button>
          </span>
        ))}
        <input
          {...field}
          value={draft}
          list={suggestions ? listId : undefined}
          placeholder={values.length === 0 ? proseText(placeholder ?? '') : undefined}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setDraft(event.target.value);
            setProblem(undefined);
          }}
          onKeyDown={onKeyDown}
          onBlur={add}
        />
        {suggestions && (
          <datalist id={listId}>
            {suggestions
              .filter((suggestion) => !values.includes(suggestion))
              .map((suggestion) => (
                <option key={suggestion} value={suggestion} label={escapeText(suggestion)} />
              ))}
          </datalist>
        )}
      </div>
      {problem && (
        <div className="field-error" role="alert">
          {proseText(problem)}
        </div>
      )}
    </>
  );
}
