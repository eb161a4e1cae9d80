import type { Entry } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Chip, type Column, proseText, SpiffeIdText, TimeAgo, toDate } from '../../components/index.ts';
import { ENTRY_STATE } from './state.ts';

export const COLUMNS: readonly Column<Entry>[] = [
  {
    id: 'id',
    header: 'SPIFFE ID',
    width: 'minmax(0, 42fr)',
    sortable: true,
    render: (entry) => <SpiffeIdText id={entry.spiffeId} />,
  },
  {
    id: 'selectors',
    header: 'Selectors',
    width: 'minmax(0, 30fr)',
    sortable: true,
    from: 640,
    render: (entry) => <span className="mono ellipsis entry-selectors">{selectorsText(entry)}</span>,
  },
  {
    id: 'parent',
    header: 'Parent',
    width: 'minmax(0, 16fr)',
    sortable: true,
    from: 780,
    render: (entry) => <SpiffeIdText id={entry.parentId} bare />,
  },
  {
    id: 'expires',
    header: 'Expires',
    width: '96px',
    sortable: true,
    from: 940,
    render: (entry) => <TimeAgo at={toDate(entry.expiresAt)} none="never" />,
  },
  {
    id: 'state',
    header: 'State',
    width: '138px',
    sortable: true,
    render: (entry) => <StateChip entry={entry} />,
  },
];

export const selectorsText = (entry: Entry): string =>
  entry.selectors.map(({ type, value }) => escapeText(`${type}:${value}`)).join(' · ');

export function StateChip({ entry }: { entry: Entry }) {
  const { tone, word, reason } = ENTRY_STATE[entry.state];
  return (
    <Chip tone={tone} reason={proseText(entry.stateReason) || reason}>
      {word}
    </Chip>
  );
}
