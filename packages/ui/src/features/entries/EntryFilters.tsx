import type { Facet, ListEntriesResponse } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Button, FilterChip, SpiffeIdText, TrustDomainTag } from '../../components/index.ts';
import {
  type EntriesSearch,
  EXPIRIES,
  filterCount,
  FLAGS,
  flagsOf,
  NO_FILTERS,
  STATES,
  toggleFlag,
} from './search.ts';

interface Props {
  search: EntriesSearch;
  list: ListEntriesResponse | undefined;
  parents: readonly string[];
  onChange: (search: EntriesSearch, replace?: boolean) => void;
}

const options = (facets: readonly Facet[] | undefined) =>
  (facets ?? []).map(({ value, count }) => ({ value, count: Number(count) }));
const tags = (facets: readonly Facet[] | undefined) =>
  options(facets).map((option) => ({ ...option, label: <TrustDomainTag name={option.value} /> }));
const labelOf = (choices: readonly { value: string; label: string }[], value: string | undefined) =>
  choices.find((choice) => choice.value === value)?.label;

/** One chip a filter; they combine. Each flag that is on is a chip of its own. */
export function EntryFilters({ search, list, parents, onChange }: Props) {
  const flags = flagsOf(search);
  return (
    <>
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
        placeholder="spiffe://… of an agent or an entry"
        typed={(text) => (/^spiffe:\/\/[^/]+\/./u.test(text) ? text : undefined)}
        onChange={(parent) => onChange({ parent })}
      />
      <FilterChip
        label="Path"
        value={search.path}
        valueLabel={search.path && <span className="mono">{`${escapeText(search.path)}…`}</span>}
        options={[]}
        placeholder="Begins with, such as /shop/"
        typed={asPath}
        onChange={(path) => onChange({ path })}
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
        valueLabel={search.fed && `federates with ${escapeText(search.fed)}`}
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
      {flags.map(({ value, label }) => (
        <FilterChip
          key={value}
          label={label}
          value={value}
          valueLabel={label}
          options={FLAGS}
          onChange={(next) =>
            onChange({
              flags: next && next !== value ? swap(search, value, next) : toggleFlag(search, value),
            })
          }
        />
      ))}
      {flags.length < FLAGS.length && (
        <FilterChip
          label="Flags"
          value={undefined}
          options={FLAGS.filter((flag) => !flags.includes(flag))}
          onChange={(flag) => flag && onChange({ flags: toggleFlag(search, flag) })}
        />
      )}
      {filterCount(search) > 0 && (
        <Button small variant="quiet" onClick={() => onChange({ ...NO_FILTERS, q: search.q })}>
          Clear all
        </Button>
      )}
    </>
  );
}

/** One flag instead of another. */
function swap(search: EntriesSearch, from: string, to: string): string | undefined {
  const without = { ...search, flags: toggleFlag(search, from) };
  return flagsOf(without).some(({ value }) => value === to) ? without.flags : toggleFlag(without, to);
}

/** What is typed as a path with a slash at both ends; undefined for nothing and for what no path holds. */
function asPath(text: string): string | undefined {
  const path = text.replace(/^spiffe:\/\/[^/]+/u, '').replaceAll(/\/{2,}/gu, '/');
  const bare = path.replaceAll(/^\/|\/$/gu, '');
  return bare && /^[\w./-]+$/u.test(bare) ? `/${bare}/` : undefined;
}
