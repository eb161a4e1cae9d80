import type { Entry } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import {
  Chip,
  type Column,
  formatSeconds,
  Mono,
  proseText,
  SpiffeIdText,
  TimeAgo,
  toDate,
  TrustDomainTag,
} from '../../components/index.ts';
import { isSortable } from './search.ts';
import { ENTRY_STATE } from './state.ts';

export interface EntryColumn extends Column<Entry> {
  header: string;
  /** Shown to whoever has not chosen columns. */
  usual?: boolean;
}

const ttl = (seconds: number) => (seconds > 0 ? formatSeconds(seconds) : 'default');

const ALL: readonly EntryColumn[] = [
  {
    id: 'id',
    header: 'SPIFFE ID',
    width: 'minmax(0, 42fr)',
    min: 260,
    pinned: true,
    usual: true,
    render: (entry) => <SpiffeIdText id={entry.spiffeId} />,
  },
  {
    id: 'selectors',
    header: 'Selectors',
    width: 'minmax(0, 30fr)',
    min: 180,
    from: 640,
    usual: true,
    render: (entry) => <Quiet text={selectorsText(entry)} />,
  },
  {
    id: 'parent',
    header: 'Parent',
    width: 'minmax(0, 16fr)',
    min: 150,
    from: 900,
    usual: true,
    render: (entry) => <SpiffeIdText id={entry.parentId} bare />,
  },
  {
    id: 'fed',
    header: 'Federates with',
    width: 'minmax(0, 14fr)',
    min: 130,
    render: (entry) => <Tags names={entry.federatesWith} />,
  },
  {
    id: 'flags',
    header: 'Flags',
    width: '150px',
    min: 150,
    render: (entry) => flagWords(entry).join(', ') || <None />,
  },
  { id: 'x509ttl', header: 'X.509 TTL', width: '92px', min: 92, render: (entry) => ttl(entry.x509SvidTtl) },
  { id: 'jwtttl', header: 'JWT TTL', width: '92px', min: 92, render: (entry) => ttl(entry.jwtSvidTtl) },
  {
    id: 'dns',
    header: 'DNS names',
    width: 'minmax(0, 14fr)',
    min: 140,
    render: (entry) => <Quiet text={entry.dnsNames.map(escapeText).join(', ')} />,
  },
  {
    id: 'hint',
    header: 'Hint',
    width: 'minmax(0, 8fr)',
    min: 90,
    render: (entry) => <Quiet text={escapeText(entry.hint)} />,
  },
  {
    id: 'created',
    header: 'Created',
    width: '104px',
    min: 104,
    render: (entry) => <TimeAgo at={toDate(entry.createdAt)} />,
  },
  {
    id: 'revision',
    header: 'Revision',
    width: '84px',
    min: 84,
    align: 'end',
    render: (entry) => String(entry.revisionNumber),
  },
  {
    id: 'expires',
    header: 'Expires',
    width: '96px',
    min: 96,
    from: 940,
    usual: true,
    render: (entry) => <TimeAgo at={toDate(entry.expiresAt)} none="never" />,
  },
  {
    id: 'connection',
    header: 'Connection',
    width: 'minmax(0, 10fr)',
    min: 110,
    render: (entry) => escapeText(entry.connection),
  },
  {
    id: 'entry',
    header: 'Entry ID',
    width: 'minmax(0, 16fr)',
    min: 150,
    render: (entry) => <Mono>{entry.id}</Mono>,
  },
  {
    id: 'state',
    header: 'State',
    width: '138px',
    min: 138,
    usual: true,
    render: (entry) => <StateChip entry={entry} />,
  },
];

/** Every field of the API, in the order they stand. What SPIRE has no order for has none here. */
export const COLUMNS: readonly EntryColumn[] = ALL.map((column) => ({
  ...column,
  sortable: isSortable(column.id),
}));
export const USUAL: readonly string[] = COLUMNS.filter(({ usual }) => usual).map(({ id }) => id);

/** The columns chosen; the ID stays, so that every row says what it is and of which trust domain. */
export function columnsOf(chosen: readonly string[] | undefined): readonly EntryColumn[] {
  // As they come, they give way on narrow windows; whoever chose some gets those, and scrolls.
  if (!chosen) return COLUMNS.filter(({ usual }) => usual).map(({ min: _min, ...column }) => column);
  const ids = new Set(['id', ...chosen]);
  return COLUMNS.filter(({ id }) => ids.has(id)).map(({ from: _from, ...column }) => column);
}

export const selectorsText = (entry: Entry): string =>
  entry.selectors.map(({ type, value }) => escapeText(`${type}:${value}`)).join(' · ');

export const flagWords = (entry: Entry): string[] =>
  [
    entry.admin && 'admin',
    entry.downstream && 'downstream',
    entry.storeSvid && 'store SVID',
    entry.disableX509SvidPrefetch && 'no prefetch',
    entry.jwtSvidIncludeJti && 'jti',
  ].filter((word) => word !== false);

const None = () => <span className="entry-none">–</span>;

function Quiet({ text }: { text: string }) {
  return text ? <span className="mono ellipsis entry-selectors">{text}</span> : <None />;
}

function Tags({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <None />;
  return (
    <span className="entry-tags">
      {names.map((name) => (
        <TrustDomainTag key={name} name={name} />
      ))}
    </span>
  );
}

export function StateChip({ entry }: { entry: Entry }) {
  const { tone, word, reason } = ENTRY_STATE[entry.state];
  return (
    <Chip tone={tone} reason={proseText(entry.stateReason) || reason}>
      {word}
    </Chip>
  );
}
