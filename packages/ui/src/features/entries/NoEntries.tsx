import { Link } from '@tanstack/react-router';
import { Button, EmptyState } from '../../components/index.ts';
import { type EntriesSearch, isFiltered, NO_FILTERS } from './search.ts';

interface Props {
  search: EntriesSearch;
  onChange: (search: EntriesSearch) => void;
}

/** What an empty list means, and how to leave it. */
export function NoEntries({ search, onChange }: Props) {
  if (!isFiltered(search))
    return (
      <EmptyState
        title="No registration entries yet"
        action={<Link to="/entries/new">Create the first one</Link>}
      >
        An entry says which workloads, by their selectors, get which SPIFFE ID from which agent.
      </EmptyState>
    );
  return (
    <EmptyState
      title="No entry matches"
      action={<Button onClick={() => onChange(NO_FILTERS)}>Clear search and filters</Button>}
    >
      Search looks in the SPIFFE ID, the parent, selectors, DNS names and the hint.
    </EmptyState>
  );
}
