import { type Ref, useEffect, useRef, useState } from 'react';
import { SearchBox } from './SearchBox.tsx';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  ref?: Ref<HTMLInputElement>;
}

// Questions are at least this far apart; a person who types slower is answered letter by letter.
const APART_MS = 100;

/** Holds what is typed and asks at once: a slow answer never undoes a letter, and fast letters share a question. */
export function TypedSearch({ label, value, onChange, ref }: Props) {
  const [text, setText] = useState(value);
  const [asked, setAsked] = useState(value);
  // Changed from elsewhere: the address, or a cleared filter.
  if (value !== asked) {
    setAsked(value);
    setText(value);
  }
  const last = useRef(0);
  useEffect(() => {
    if (text === asked) return;
    const ask = () => {
      last.current = performance.now();
      setAsked(text);
      onChange(text);
    };
    const timer = setTimeout(ask, Math.max(0, last.current + APART_MS - performance.now()));
    return () => clearTimeout(timer);
  }, [text, asked, onChange]);
  return <SearchBox ref={ref} label={label} value={text} onChange={setText} />;
}
