import type { Facet } from '@muster/api';
import { useRef } from 'react';
import { FilterChip, formatCount, SearchBox, useSlash } from '../../components/index.ts';
import { IDENTITY_STATES } from './identity.ts';

/** What the list of members is narrowed by, as the address holds it. */
export interface MemberFilter {
  find?: string | undefined;
  presence?: string | undefined;
  identity?: string | undefined;
}

interface Props {
  filter: MemberFilter;
  presences: readonly Facet[];
  identities: readonly Facet[];
  /** Of those that match. */
  total: number | undefined;
  onFilter: (filter: MemberFilter) => void;
}

/** Search and filters of the members of one channel. */
export function MembersTools({ filter, presences, identities, total, onFilter }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useSlash(input);
  const set = (change: MemberFilter) => onFilter({ ...filter, ...change });
  return (
    <div className="members-tools">
      <SearchBox
        ref={input}
        label="Search members"
        value={filter.find ?? ''}
        onChange={(find) => set({ find: find || undefined })}
      />
      <FilterChip
        label="Presence"
        value={filter.presence}
        options={presences.map(({ value, count }) => ({ value, count: Number(count) }))}
        onChange={(presence) => set({ presence })}
      />
      <FilterChip
        label="Identity"
        value={filter.identity}
        valueLabel={IDENTITY_STATES.find(({ value }) => value === filter.identity)?.label}
        options={IDENTITY_STATES.flatMap(({ value, label }) => {
          const count = identities.find((one) => one.value === value)?.count;
          return count === undefined ? [] : [{ value, label, count: Number(count) }];
        })}
        onChange={(identity) => set({ identity })}
      />
      {isFiltered(filter) && total !== undefined && (
        <span className="groups-small num">{formatCount(total)} found</span>
      )}
    </div>
  );
}

export const isFiltered = ({ find, presence, identity }: MemberFilter): boolean =>
  Boolean(find || presence || identity);
