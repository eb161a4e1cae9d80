import type { Facet, ListAgentsResponse } from '@muster/api';
import { type RefObject, useEffect, useState } from 'react';
import { FilterChip, SearchBox } from '../../components/index.ts';
import type { AgentsSearch } from './search.ts';

interface Props {
  search: AgentsSearch;
  list: ListAgentsResponse | undefined;
  inputRef: RefObject<HTMLInputElement | null>;
  onChange: (search: AgentsSearch, replace?: boolean) => void;
}

const options = (facets: readonly Facet[] | undefined) =>
  (facets ?? []).map(({ value, count }) => ({ value, count: Number(count) }));

export function AgentFilters({ search, list, inputRef, onChange }: Props) {
  return (
    <>
      <Typed
        value={search.q ?? ''}
        inputRef={inputRef}
        onChange={(q) => onChange({ q: q || undefined }, true)}
      />
      <FilterChip
        label="State"
        value={search.state}
        options={options(list?.states)}
        onChange={(state) => onChange({ state })}
      />
      <FilterChip
        label="Attested by"
        value={search.type}
        options={options(list?.attestationTypes)}
        onChange={(type) => onChange({ type })}
      />
      <FilterChip
        label="Version"
        value={search.version}
        valueLabel={search.version && `version ${search.version}`}
        options={options(list?.versions)}
        onChange={(version) => onChange({ version })}
      />
    </>
  );
}

interface TypedProps {
  value: string;
  inputRef: RefObject<HTMLInputElement | null>;
  onChange: (value: string) => void;
}

/** Holds what is typed, and asks once it rests: a slow answer never undoes a letter. */
function Typed({ value, inputRef, onChange }: TypedProps) {
  const [text, setText] = useState(value);
  const [asked, setAsked] = useState(value);
  // Changed from elsewhere: the address, or a cleared filter.
  if (value !== asked) {
    setAsked(value);
    setText(value);
  }
  useEffect(() => {
    if (text === asked) return;
    const timer = setTimeout(() => {
      setAsked(text);
      onChange(text);
    }, 120);
    return () => clearTimeout(timer);
  }, [text, asked, onChange]);
  return <SearchBox ref={inputRef} label="Search agents" value={text} onChange={setText} />;
}
