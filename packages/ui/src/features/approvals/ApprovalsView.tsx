import type { Approval, Warning } from '@muster/api';
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import {
  Button,
  Chip,
  type Column,
  CopyButton,
  DataTable,
  EmptyState,
  ErrorState,
  FilterChip,
  formatCount,
  type KeyGroup,
  KeysButton,
  Mono,
  NameText,
  Page,
  proseText,
  SearchBox,
  Skeleton,
  TimeAgo,
  toDate,
  useKeys,
  useSlash,
  WarningNote,
} from '../../components/index.ts';
import { WaitingCard } from './WaitingCard.tsx';
import { STATES, stateWords } from './words.ts';
import './approvals.css';

export interface ApprovalsSearch {
  q?: string;
  state?: string;
  id?: string;
}

interface Asked {
  /** Undefined until it is read. */
  approvals: readonly Approval[] | undefined;
  error: unknown;
  retry: () => void;
}

interface Props {
  waiting: Asked & {
    warnings: readonly Warning[];
    callbackNames: readonly string[];
    ahead: number;
    practice: boolean;
  };
  decided: Asked & { total: bigint | undefined };
  search: ApprovalsSearch;
  onChange: (next: ApprovalsSearch, replace?: boolean) => void;
  onDecide: (approval: Approval, approve: boolean) => void;
  detail: ReactNode;
}

const KEYS: readonly KeyGroup[] = [
  {
    title: 'Requests that wait',
    keys: [
      { keys: ['Tab'], does: 'To the first, and from one to its buttons' },
      { keys: ['↑', '↓'], does: 'From one to the next' },
      { keys: ['a'], does: 'Approve, after a review' },
      { keys: ['d'], does: 'Deny, with a reason' },
      { keys: ['Enter'], does: 'Open its details' },
    ],
  },
  {
    title: 'Decided',
    keys: [
      { keys: ['/'], does: 'Search' },
      { keys: ['↑', '↓'], does: 'Move by a row' },
      { keys: ['Enter'], does: 'Open what is under the cursor' },
    ],
  },
];

const COLUMNS: readonly Column<Approval>[] = [
  {
    id: 'at',
    header: 'Decided',
    width: '104px',
    render: (approval) => <TimeAgo at={toDate(approval.decidedAt)} />,
  },
  {
    id: 'state',
    header: 'Answer',
    width: '124px',
    render: (approval) => {
      const { tone, word, reason } = stateWords(approval);
      return (
        <Chip tone={tone} reason={proseText(reason)}>
          {word}
        </Chip>
      );
    },
  },
  {
    id: 'invitee',
    header: 'Who',
    width: 'minmax(0, 28fr)',
    render: ({ invitee, change }) => (
      <span className="approval-who">
        <span className="approval-quiet">{change === 'delete' ? 'remove' : 'add'}</span>
        <span className="ellipsis">
          <NameText mono name={invitee} />
        </span>
      </span>
    ),
  },
  {
    id: 'channel',
    header: 'Channel',
    width: 'minmax(0, 24fr)',
    from: 520,
    render: ({ channel }) => (
      <span className="ellipsis">
        <NameText mono name={channel} />
      </span>
    ),
  },
  {
    id: 'by',
    header: 'By',
    width: 'minmax(0, 20fr)',
    from: 760,
    render: ({ decidedBy }) =>
      decidedBy ? (
        <span className="ellipsis">
          <Mono>{proseText(decidedBy)}</Mono>
        </span>
      ) : (
        <span className="approval-quiet">by itself</span>
      ),
  },
  {
    id: 'reason',
    header: 'Reason',
    width: 'minmax(0, 24fr)',
    from: 900,
    render: ({ reason }) =>
      reason ? (
        <span className="ellipsis">{proseText(reason)}</span>
      ) : (
        <span className="approval-quiet">none</span>
      ),
  },
];

/** What channel managers ask us as the owner of channels: who waits, then what was decided. */
export function ApprovalsView({ waiting, decided, search, onChange, onDecide, detail }: Props) {
  useKeys(KEYS);
  const input = useRef<HTMLInputElement>(null);
  useSlash(input);
  const number = waiting.approvals?.length;
  return (
    <Page
      title="Approvals"
      count={number !== undefined && `${formatCount(number)} waiting`}
      detail={detail}
      footer={
        <>
          <span className="keys">a approve</span>
          <span className="keys">d deny</span>
          <KeysButton />
          <span className="grow" />
          <span className="approval-foot">What nobody answers within 50 s is denied by itself.</span>
        </>
      }
    >
      <Waiting {...waiting} selected={search.id} onOpen={(id) => onChange({ id })} onDecide={onDecide} />
      <Decided {...decided} search={search} input={input} onChange={onChange} />
    </Page>
  );
}

interface WaitingProps extends Asked {
  warnings: readonly Warning[];
  callbackNames: readonly string[];
  ahead: number;
  practice: boolean;
  selected: string | undefined;
  onOpen: (id: string) => void;
  onDecide: (approval: Approval, approve: boolean) => void;
}

function Waiting(props: WaitingProps) {
  const { approvals, error, retry, warnings, ahead, selected, onOpen, onDecide } = props;
  return (
    <section className="approval-waiting" aria-label="Waiting for an answer">
      {warnings.map((warning) => (
        <WarningNote key={`${warning.code} ${warning.text}`} warning={warning} />
      ))}
      {error ? (
        <ErrorState error={error} retry={retry} />
      ) : !approvals ? (
        <Skeleton rows={3} />
      ) : approvals.length === 0 ? (
        <NobodyWaits names={props.callbackNames} practice={props.practice} />
      ) : (
        <ul className="approval-cards">
          {approvals.map((approval) => (
            <WaitingCard
              key={approval.id}
              approval={approval}
              ahead={ahead}
              selected={approval.id === selected}
              onOpen={onOpen}
              onDecide={onDecide}
            />
          ))}
        </ul>
      )}
      <Announcer number={approvals?.length} />
    </section>
  );
}

/** Tells a screen reader of a request that has come: there is little time. */
function Announcer({ number }: { number: number | undefined }) {
  const ref = useRef<HTMLSpanElement>(null);
  const before = useRef(number);
  useEffect(() => {
    if (number === before.current) return;
    const more = number !== undefined && number > (before.current ?? 0);
    before.current = number;
    if (ref.current) ref.current.textContent = more ? `${number} waiting for an answer` : '';
  }, [number]);
  return <span ref={ref} className="vh" role="status" />;
}

function NobodyWaits({ names, practice }: { names: readonly string[]; practice: boolean }) {
  return (
    <div className="approval-none">
      <h2>Nobody waits for an answer</h2>
      <p>
        When somebody without a grant asks a channel manager to add or remove a member of a channel, it asks
        the channel’s owner, if the channel was created with a name to ask at (
        <Mono>owner_callback_name</Mono>).
        {names.length > 0
          ? ' Create the channel with the name below, and the request comes here; you then have 50 s to decide.'
          : ' No name of ours can be asked at just now.'}
      </p>
      {names.map((name) => (
        <p key={name} className="copy-line">
          <Mono>{proseText(name)}</Mono>
          <CopyButton text={name} label={`Copy ${proseText(name)}`} />
        </p>
      ))}
      {practice && names.length > 0 && (
        <p>
          On the practice network somebody asks now and then: within half a minute of the start, and a minute
          after each answer; after a request that nobody answered it takes five minutes, and longer each time.
        </p>
      )}
    </div>
  );
}

interface DecidedProps extends Asked {
  total: bigint | undefined;
  search: ApprovalsSearch;
  input: RefObject<HTMLInputElement | null>;
  onChange: (next: ApprovalsSearch, replace?: boolean) => void;
}

function Decided({ approvals, total, error, retry, search, input, onChange }: DecidedProps) {
  const filtered = Boolean(search.q) || Boolean(search.state);
  return (
    <section className="approval-decided" aria-label="Decided">
      <div className="page-bar page-tools approval-tools">
        <h2>Decided</h2>
        <SearchBox
          ref={input}
          label="Search decided requests"
          value={search.q ?? ''}
          onChange={(q) => onChange({ q: q || undefined }, true)}
        />
        <FilterChip
          label="Answer"
          value={search.state}
          options={[...STATES.keys()].map((value) => ({ value }))}
          onChange={(state) => onChange({ state })}
        />
        <span className="grow" />
        {total !== undefined && (
          <span className="page-count num">
            {formatCount(total)}
            {filtered ? ' found' : ' kept'}
          </span>
        )}
      </div>
      {error ? (
        <ErrorState error={error} retry={retry} />
      ) : (
        <DataTable
          label="Decided requests"
          columns={COLUMNS}
          rows={approvals ?? []}
          rowKey={({ id }) => id}
          selected={search.id}
          onSelect={({ id }) => onChange({ id })}
          loading={!approvals}
          empty={
            filtered ? (
              <EmptyState
                title="No decided request matches"
                action={
                  <Button onClick={() => onChange({ q: undefined, state: undefined })}>
                    Clear search and filter
                  </Button>
                }
              >
                Search looks in channels, names, owners and reasons.
              </EmptyState>
            ) : (
              <EmptyState title="Nothing was decided yet">
                Each request stays here once it is answered: the last 500, with who decided and why.
              </EmptyState>
            )
          }
        />
      )}
    </section>
  );
}
