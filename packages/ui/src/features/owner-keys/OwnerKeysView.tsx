import type { ListOwnerKeysResponse, OwnerKey } from '@muster/api';
import {
  Button,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  formatCount,
  ListKeys,
  NameText,
  Page,
  proseText,
  SearchBox,
  TimeAgo,
  toDate,
  WarningNote,
} from '../../components/index.ts';
import { DidText } from './DidText.tsx';
import { KeyDetail } from './KeyDetail.tsx';
import type { Task } from './KeyTask.tsx';
import { StateChip } from './StateChip.tsx';

interface Props {
  list: ListOwnerKeysResponse | undefined;
  loading: boolean;
  error: unknown;
  retry: () => void;
  search: string;
  selected: OwnerKey | undefined;
  onSearch: (text: string) => void;
  onOpen: (did: string | undefined) => void;
  onTask: (task: Task) => void;
}

const COLUMNS: readonly Column<OwnerKey>[] = [
  {
    id: 'alias',
    header: 'Name',
    width: 'minmax(0, 30fr)',
    render: (one) => <NameText name={one.alias} />,
  },
  {
    id: 'did',
    header: 'did:key',
    width: 'minmax(0, 34fr)',
    min: 236,
    render: (one) => <DidText did={one.did} />,
  },
  { id: 'state', header: 'State', width: '112px', render: (one) => <StateChip ownerKey={one} /> },
  {
    id: 'channels',
    header: 'Owns',
    width: '104px',
    render: (one) =>
      one.channelsTotal === 0
        ? 'nothing yet'
        : `${formatCount(BigInt(one.channelsTotal))} ${one.channelsTotal === 1 ? 'channel' : 'channels'}`,
  },
  {
    id: 'made',
    header: 'Since',
    width: '104px',
    from: 720,
    render: (one) => {
      const at = toDate(one.createdAt);
      return at ? <TimeAgo at={at} /> : <span className="small">not told</span>;
    },
  },
  {
    id: 'by',
    header: 'By',
    width: '120px',
    from: 860,
    render: (one) => (one.createdBy ? <NameText name={one.createdBy} /> : 'configuration'),
  },
];

/** The keys, and what can be done with them. */
export function OwnerKeysView(props: Props) {
  const { list, search, selected, onTask } = props;
  const wanted = search.trim().toLowerCase();
  const keys = (list?.keys ?? []).filter(({ alias, did, channels }) =>
    [alias, did, ...channels].some((text) => text.toLowerCase().includes(wanted)),
  );
  const locked = list?.warnings.find(({ code }) => code === 'keys-locked')?.text;
  const reading = list ? undefined : 'The keys are still being read.';
  return (
    <Page
      title="Owner keys"
      count={list && `${formatCount(BigInt(list.keys.length))}`}
      actions={
        <>
          <Button
            disabledReason={
              reading ??
              (list?.keys.some(({ channelsTotal }) => channelsTotal > 0)
                ? undefined
                : 'None of the keys here owns a channel: there is nothing to grant.')
            }
            onClick={() => onTask({ task: 'grant' })}
          >
            Issue a grant…
          </Button>
          <Button disabledReason={reading ?? locked} onClick={() => onTask({ task: 'import' })}>
            Import…
          </Button>
          <Button
            variant="primary"
            disabledReason={reading ?? locked}
            onClick={() => onTask({ task: 'new' })}
          >
            New key
          </Button>
        </>
      }
      toolbar={<SearchBox label="Search owner keys" value={search} onChange={props.onSearch} />}
      detail={
        selected && <KeyDetail ownerKey={selected} onTask={onTask} onClose={() => props.onOpen(undefined)} />
      }
      footer={
        <>
          <ListKeys more={['/ search']} />
          <span className="grow" />
          {list && <span>{proseText(list.protection)}</span>}
        </>
      }
    >
      {list && list.warnings.length > 0 && (
        <div className="owner-keys-notes">
          {list.warnings.map((warning) => (
            <WarningNote key={warning.code} warning={warning} />
          ))}
        </div>
      )}
      {props.error ? (
        <ErrorState error={props.error} retry={props.retry} />
      ) : (
        <DataTable
          label="Owner keys"
          columns={COLUMNS}
          rows={keys}
          rowKey={(one) => one.did}
          selected={selected?.did}
          onSelect={(one) => props.onOpen(one.did)}
          loading={props.loading}
          empty={
            wanted !== '' && list && list.keys.length > 0 ? (
              <EmptyState title="No key matches">
                Names, did:keys and the channels that they own are searched.
              </EmptyState>
            ) : (
              <EmptyState
                title="No owner key yet"
                action={
                  <Button variant="primary" disabledReason={locked} onClick={() => onTask({ task: 'new' })}>
                    New key
                  </Button>
                }
              >
                A channel of a channel manager is owned by the Ed25519 key that signed its making. Only who
                has that key, or a grant signed by it, can change its members or delete it. Make one here,
                import one as PKCS#8 PEM, or name one in muster.yaml (ownerKeyFile).
              </EmptyState>
            )
          }
        />
      )}
    </Page>
  );
}
