import type { ControlPlane, Facet } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import type { ReactNode, RefObject } from 'react';
import { FilterChip, TypedSearch } from '../../components/index.ts';
import { LINK_STATUSES, type NetworkSearch, type Tab } from './search.ts';

export type Change = (next: NetworkSearch, replace?: boolean) => void;

interface Props {
  tab: Tab;
  search: NetworkSearch;
  planes: readonly ControlPlane[];
  inputRef: RefObject<HTMLInputElement | null>;
  /** Of the routes; undefined until they are read. */
  statuses?: readonly Facet[] | undefined;
  /** To choose an end of a route by. */
  nodes?: readonly string[] | undefined;
  domains?: readonly string[] | undefined;
  /** At the end: how many there are. */
  children?: ReactNode;
  onChange: Change;
}

const LABEL: Partial<Record<Tab, string>> = {
  nodes: 'Search nodes',
  routes: 'Search routes',
  links: 'Search links',
};

/** Search and filters of one list. */
export function NetworkTools({ tab, search, planes, inputRef, onChange, children, ...of }: Props) {
  const label = LABEL[tab];
  return (
    <div className="page-bar page-tools network-tools">
      {label && (
        <TypedSearch
          ref={inputRef}
          label={label}
          value={search.q ?? ''}
          onChange={(q) => onChange({ q: q || undefined }, true)}
        />
      )}
      {tab === 'nodes' && (
        <FilterChip
          label="Domain"
          value={search.domain}
          options={optionsOf(of.domains)}
          onChange={(domain) => onChange({ domain })}
        />
      )}
      {tab === 'links' && (
        <FilterChip
          label="Status"
          value={search.status}
          options={optionsOf([...LINK_STATUSES.keys()])}
          onChange={(status) => onChange({ status })}
        />
      )}
      {tab === 'routes' && <RouteFilters search={search} onChange={onChange} {...of} />}
      {planes.length > 1 && (
        <FilterChip
          label="Control plane"
          value={search.cp}
          options={optionsOf(planes.map(({ connection }) => connection))}
          onChange={(cp) => onChange({ cp })}
        />
      )}
      {children}
    </div>
  );
}

function RouteFilters({
  search,
  statuses,
  nodes,
  onChange,
}: Pick<Props, 'search' | 'statuses' | 'nodes' | 'onChange'>) {
  const typed = (text: string) => text || undefined;
  return (
    <>
      <FilterChip
        label="Status"
        value={search.status}
        options={(statuses ?? [])
          .filter(({ value }) => value !== 'unspecified')
          .map(({ value, count }) => ({ value, count: Number(count) }))}
        onChange={(status) => onChange({ status })}
      />
      <FilterChip
        label="On the node"
        value={search.truth}
        valueLabel={TRUTHS.find(({ value }) => value === search.truth)?.label}
        options={TRUTHS}
        onChange={(truth) => onChange({ truth })}
      />
      <FilterChip
        label="Kind"
        value={search.kind}
        options={[
          { value: 'templates', label: 'templates for every node' },
          { value: 'expanded', label: 'of one node each' },
        ]}
        onChange={(kind) => onChange({ kind })}
      />
      <FilterChip
        label="From"
        value={search.source}
        valueLabel={search.source && <>from {escapeText(search.source)}</>}
        options={optionsOf(nodes)}
        typed={typed}
        placeholder="A node, or *"
        onChange={(source) => onChange({ source })}
      />
      <FilterChip
        label="To"
        value={search.dest}
        valueLabel={search.dest && <>to {escapeText(search.dest)}</>}
        options={optionsOf(nodes)}
        typed={typed}
        placeholder="A node"
        onChange={(dest) => onChange({ dest })}
      />
    </>
  );
}

const TRUTHS = [
  { value: 'lost', label: 'not on node' },
  { value: 'leftover', label: 'not in database' },
  { value: 'same', label: 'same' },
  { value: 'unknown', label: 'unknown' },
];

const optionsOf = (values: readonly string[] | undefined) => (values ?? []).map((value) => ({ value }));
