import type { Facet, ListAgentsResponse } from '@muster/api';
import type { RefObject } from 'react';
import { FilterChip, TypedSearch } from '../../components/index.ts';
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
      <TypedSearch
        ref={inputRef}
        label="Search agents"
        value={search.q ?? ''}
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
