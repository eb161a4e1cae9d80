import { type Finding, type FindingGroup, type ListFindingsResponse, Severity } from '@muster/api';
import {
  Age,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  formatCount,
  ListKeys,
  Page,
  proseText,
  SEVERITY,
  SeverityChip,
  SpiffeIdText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { FindingDetail } from './FindingDetail.tsx';
import './health.css';

interface Props {
  findings: readonly Finding[];
  head: ListFindingsResponse | undefined;
  loading: boolean;
  error: unknown;
  retry: () => void;
  code: string;
  /** Key of the finding that is open. */
  selected: string | undefined;
  onCode: (code: string) => void;
  onOpen: (key: string | undefined) => void;
  onReachEnd: () => void;
}

const findingKey = (one: Finding): string => `${one.code} ${one.connection}/${one.entryId || one.target}`;

/** Groups of findings at the left with why they matter; the findings of one of them beside it. */
export function HealthView(props: Props) {
  const { head, code, findings } = props;
  const groups = head?.groups ?? [];
  const group = groups.find((one) => one.code === code) ?? head?.clean.find((one) => one.code === code);
  const all = groups.reduce((sum, { count }) => sum + count, 0n);
  const open = findings.find((one) => findingKey(one) === props.selected);
  const titles = new Map([...groups, ...(head?.clean ?? [])].map((one) => [one.code, one.title]));
  const columns: readonly Column<Finding>[] = [
    {
      id: 'severity',
      header: 'Severity',
      width: '104px',
      render: (one) => <SeverityChip severity={one.severity} />,
    },
    {
      id: 'target',
      header: 'SPIFFE ID',
      width: 'minmax(0, 34fr)',
      render: (one) => <SpiffeIdText id={one.target} />,
    },
    {
      id: 'text',
      header: code === '' ? 'Finding' : 'Why',
      width: 'minmax(0, 40fr)',
      from: 620,
      render: (one) => (
        <span className="small">{proseText(code === '' ? (titles.get(one.code) ?? '') : one.text)}</span>
      ),
    },
  ];
  return (
    <Page
      title="Health"
      count={
        head && (
          <>
            {formatCount(all)} {all === 1n ? 'finding' : 'findings'} · <Age freshness={head.freshness} />
          </>
        )
      }
      toolbar={head && <Progress head={head} />}
      detail={
        open && (
          <FindingDetail
            finding={open}
            title={titles.get(open.code) ?? ''}
            group={[...groups].find((one) => one.code === open.code)}
            onClose={() => props.onOpen(undefined)}
          />
        )
      }
      footer={
        <>
          <ListKeys />
          <span className="grow" />
          <span>
            {head?.conventions.length
              ? proseText(head.conventions.join('. '))
              : 'No convention of SPIFFE IDs is clear enough to hold entries against it.'}
          </span>
        </>
      }
    >
      {props.error ? (
        <ErrorState error={props.error} retry={props.retry} />
      ) : (
        <div className="findings">
          <GroupList
            groups={groups}
            clean={head?.clean ?? []}
            code={code}
            all={all}
            onCode={props.onCode}
            waiting={!head}
          />
          <div className="findings-list">
            {group && (
              <div className="findings-why">
                <h2>{proseText(group.title)}</h2>
                <p>{proseText(group.why)}</p>
                <p>
                  <b>What to do:</b> {proseText(group.remedy)}
                </p>
                {group.listed < group.count && (
                  <p className="small">
                    The first {formatCount(group.listed)} are listed; all {formatCount(group.count)} were
                    counted.
                  </p>
                )}
              </div>
            )}
            <DataTable
              label="Findings"
              columns={columns}
              rows={findings}
              rowKey={findingKey}
              selected={open && findingKey(open)}
              onSelect={(one) => props.onOpen(findingKey(one))}
              loading={props.loading}
              onReachEnd={props.onReachEnd}
              scrollKey={code}
              empty={
                head?.progress?.running && !head.progress.finishedAt ? (
                  <EmptyState title="Looking through the entries">
                    {formatCount(head.progress.examined)} of about {formatCount(head.progress.of)} so far.
                    Findings appear when all have been looked at.
                  </EmptyState>
                ) : (
                  <EmptyState title="Nothing found">
                    {group
                      ? 'The rule was held against every entry and agent, and none breaks it.'
                      : 'Every rule was held against every entry and agent, and none is broken.'}
                  </EmptyState>
                )
              }
            />
          </div>
        </div>
      )}
    </Page>
  );
}

function Progress({ head: { progress } }: { head: ListFindingsResponse }) {
  const finished = toDate(progress?.finishedAt);
  return (
    <span className="small" role="status">
      {progress?.running
        ? `Looking through ${formatCount(progress.examined)} of about ${formatCount(progress.of)} entries…`
        : `${formatCount(progress?.examined ?? 0n)} entries looked through`}
      {finished && (
        <>
          {progress?.running ? ' Shown is the result of ' : ', '}
          <TimeAgo at={finished} />
          {progress?.outdated &&
            !progress.running &&
            ' They have changed since; they are looked through again when you come back to this page.'}
        </>
      )}
    </span>
  );
}

interface GroupProps {
  groups: readonly FindingGroup[];
  clean: readonly FindingGroup[];
  code: string;
  all: bigint;
  waiting: boolean;
  onCode: (code: string) => void;
}

function GroupList({ groups, clean, code, all, waiting, onCode }: GroupProps) {
  const item = (value: string, title: string, count: bigint, severity: Severity) => (
    <li key={value}>
      <button
        type="button"
        className="findings-group"
        aria-current={code === value ? 'true' : undefined}
        onClick={() => onCode(value)}
      >
        <span className={`findings-dot ${SEVERITY[severity]?.tone ?? 'unknown'}`} aria-hidden="true" />
        <span>{proseText(title)}</span>
        <span className="num">{formatCount(count)}</span>
      </button>
    </li>
  );
  return (
    <nav className="findings-groups" aria-label="Kinds of findings">
      <ul>
        {item('', 'All findings', all, Severity.UNSPECIFIED)}
        {groups.map((group) => item(group.code, group.title, group.count, group.severity))}
      </ul>
      {!waiting && clean.length > 0 && (
        <>
          <h3 className="small">Looked for, none found</h3>
          <ul className="findings-clean">
            {clean.map((group) => item(group.code, group.title, 0n, Severity.UNSPECIFIED))}
          </ul>
        </>
      )}
    </nav>
  );
}
