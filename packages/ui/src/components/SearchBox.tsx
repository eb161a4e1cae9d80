import type { Ref } from 'react';
import { TextInput } from './form/controls.tsx';
import './SearchBox.css';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  ref?: Ref<HTMLInputElement>;
}

/** Search of a list. `/` leads to it, Escape empties it. */
export function SearchBox({ label, value, onChange, ref }: Props) {
  return (
    <span className="search-box">
      <TextInput
        ref={ref}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={onChange}
        onKeyDown={(event) => event.key === 'Escape' && onChange('')}
      />
      {!value && <kbd aria-hidden="true">/</kbd>}
    </span>
  );
}
