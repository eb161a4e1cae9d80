import type { Facet, ListEntriesResponse } from '@muster/api';
import { type RefObject, useEffect, useState } from 'react';
import { FilterChip, SearchBox, SpiffeIdText, TrustDomainTag } from '../../components/index.ts';
import { EXPIRIES, type EntriesSearch, STATES } from './search.ts';

interface Props {
  search: EntriesSearch;
  list: ListEntriesResponse | undefined;
  parents: readonly string[];
  inputRef: RefObject<HTMLInputElement | null>;
  onChange: (search: EntriesSearch, replace?: boolean) => void;
}

const options = (facets: readonly Facet[] | undefined) =>
  (facets ?? []).map(({ value, count }) => ({ value, count: Number(count) }));
const tags = (facets: readonly Facet[] | undefined) =>
  options(facets).map((option) => ({ ...option, label: <TrustDomainTag name={option.value} /> }));

export function EntryFilters({ search, list, parents, inputRef, onChange }: Props) {
  const labelOf = (choices: readonly { value: string; label: string }[], value: string | undefined) =>
    choices.find((choice) => choice.value === value)?.label;
  return (
    <>
      <Typed
        value={search.q ?? ''}
        inputRef={inputRef}
        onChange={(q) => onChange({ q: q || undefined }, true)}
      />
      <FilterChip
        label="Trust domain"
        value={search.td}
        options={tags(list?.trustDomains)}
        onChange={(td) => onChange({ td })}
      />
      <FilterChip
        label="Parent"
        value={search.parent}
        valueLabel={search.parent && <SpiffeIdText id={search.parent} bare />}
        options={parents.map((id) => ({ value: id, label: <SpiffeIdText id={id} /> }))}
        onChange={(parent) => onChange({ parent })}
      />
      <FilterChip
        label="Selector type"
        value={search.seltype}
        options={options(list?.selectorTypes)}
        onChange={(seltype) => onChange({ seltype })}
      />
      <FilterChip
        label="Federates with"
        value={search.fed}
        valueLabel={`federates with ${search.fed}`}
        options={tags(list?.federated)}
        onChange={(fed) => onChange({ fed })}
      />
      <FilterChip
        label="Expires"
        value={search.expiry}
        valueLabel={`Expires: ${labelOf(EXPIRIES, search.expiry)?.toLowerCase()}`}
        options={EXPIRIES}
        onChange={(expiry) => onChange({ expiry })}
      />
      <FilterChip
        label="State"
        value={search.state}
        valueLabel={labelOf(STATES, search.state)}
        options={STATES}
        onChange={(state) => onChange({ state })}
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
  return <SearchBox ref={inputRef} label="Search entries" value={text} onChange={setText} />;
}
