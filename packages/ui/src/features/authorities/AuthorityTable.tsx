import type { Authority, AuthoritySet } from '@muster/api';
import {
  Chip,
  type Column,
  DataTable,
  EmptyState,
  TimeAgo,
  toDate,
  TrustDomainTag,
} from '../../components/index.ts';
import { KeyName } from './KeyName.tsx';
import { kindWord, setKey, slotState } from './words.ts';

export interface AuthorityRow {
  set: AuthoritySet;
  authority: Authority;
}

const COLUMNS: readonly Column<AuthorityRow>[] = [
  {
    id: 'td',
    header: 'Trust domain',
    width: 'minmax(0, 22fr)',
    render: ({ set }) => <TrustDomainTag name={set.trustDomain} />,
  },
  { id: 'kind', header: 'Kind', width: '66px', render: ({ set }) => kindWord(set.kind) },
  {
    id: 'id',
    header: 'Key id',
    width: 'minmax(0, 40fr)',
    render: ({ authority }) => <KeyName id={authority.id} />,
  },
  {
    id: 'state',
    header: 'State',
    width: '148px',
    render: ({ authority }) => {
      const { tone, word } = slotState(authority, Date.now());
      return (
        <Chip tone={tone} reason={authority.note}>
          {word}
        </Chip>
      );
    },
  },
  {
    id: 'bundle',
    header: 'In the bundle',
    width: '104px',
    from: 760,
    render: ({ authority }) => (authority.inBundle ? 'yes' : 'no'),
  },
  {
    id: 'from',
    header: 'Valid from',
    width: '112px',
    from: 900,
    render: ({ authority }) => <TimeAgo at={toDate(authority.notBefore)} none="not told" />,
  },
  {
    id: 'expires',
    header: 'Expires',
    width: '104px',
    from: 520,
    render: ({ authority }) => <TimeAgo at={toDate(authority.expiresAt)} none="not told" />,
  },
  {
    id: 'svids',
    header: 'Live SVIDs',
    width: '92px',
    align: 'end',
    from: 1000,
    render: ({ authority }) => String(authority.svids),
  },
];

interface Props {
  sets: readonly AuthoritySet[] | undefined;
  selected: string | undefined;
  onOpen: (key: string) => void;
}

/** The same facts as the pictures, key by key. */
export function AuthorityTable({ sets, selected, onOpen }: Props) {
  const rows = (sets ?? []).flatMap((set) => set.authorities.map((authority) => ({ set, authority })));
  return (
    <DataTable
      label="Authorities"
      columns={COLUMNS}
      rows={rows}
      rowKey={({ set, authority }) => `${setKey(set)} ${authority.slot} ${authority.id}`}
      isSelected={({ set }) => setKey(set) === selected}
      onSelect={({ set }) => onOpen(setKey(set))}
      loading={!sets}
      empty={<NoAuthorities />}
    />
  );
}

export function NoAuthorities() {
  return (
    <EmptyState title="No authority can be read">
      The authorities of each connected SPIRE server would be here. Look at Connections for what keeps them
      away.
    </EmptyState>
  );
}
