import type { Member } from '@muster/api';
import { escapeText } from '@muster/domain';
import {
  Button,
  Chip,
  type Column,
  DataTable,
  EmptyState,
  proseText,
  type RowList,
  SlimNameText,
  TimeAgo,
  Tooltip,
} from '../../components/index.ts';
import { identityWords } from './identity.ts';
import { memberKey, shortInstance } from './names.ts';
import { presenceLabel, presenceOf, presenceTone } from './presence.ts';
import './members.css';

export interface MembersTableProps {
  readonly rows: RowList<Member>;
  readonly loading: boolean;
  readonly selected: string | undefined;
  readonly now: Date;
  /** What it is narrowed by; another one begins at its top. */
  readonly filterKey: string;
  readonly filtered: boolean;
  readonly onRange?: ((first: number, last: number) => void) | undefined;
  readonly onSelect: (member: string) => void;
  readonly onClearFilter: () => void;
}

/** The facts of the picture, with where each member is and who stands behind it; who needs a look first. */
export function MembersTable(props: MembersTableProps) {
  const { rows, loading, selected, now, onSelect } = props;
  return (
    <DataTable
      label="Members"
      columns={columns(now)}
      rows={rows}
      rowKey={memberKey}
      selected={selected}
      onSelect={(member) => onSelect(memberKey(member))}
      total={rows.length}
      loading={loading}
      scrollKey={props.filterKey}
      onRange={props.onRange}
      empty={
        props.filtered && (
          <EmptyState
            title="No member matches"
            action={<Button onClick={props.onClearFilter}>Clear search and filters</Button>}
          >
            Search looks in names, instances, nodes and SPIFFE IDs.
          </EmptyState>
        )
      }
    />
  );
}

const columns = (now: Date): readonly Column<Member>[] => [
  {
    id: 'name',
    header: 'Member',
    width: 'minmax(0, 40fr)',
    render: (member) => (
      <span className="members-name">
        <SlimNameText name={member.name} />
        {member.moderator && <span className="members-role">moderator</span>}
        {member.warnings.length > 0 && (
          <Tooltip content={member.warnings.map(({ text }) => proseText(text)).join(' ')}>
            <span className="members-note">!</span>
          </Tooltip>
        )}
      </span>
    ),
  },
  {
    id: 'instance',
    header: 'Instance',
    width: '100px',
    from: 860,
    render: ({ instance }) => (
      <span className="mono groups-muted" title={escapeText(instance) || 'The instance is not known.'}>
        {instance === '' ? '–' : shortInstance(instance)}
      </span>
    ),
  },
  {
    id: 'presence',
    header: 'Presence',
    width: '124px',
    render: (member) => {
      const presence = presenceOf(member);
      return (
        <Chip tone={presenceTone[presence.state]} reason={presence.reason}>
          {presenceLabel(presence, now)}
        </Chip>
      );
    },
  },
  {
    id: 'identity',
    header: 'Identity',
    width: '128px',
    from: 400,
    render: ({ identity }) => {
      const words = identityWords(identity);
      return (
        <Chip tone={words.tone} reason={words.reason}>
          {words.label}
        </Chip>
      );
    },
  },
  {
    id: 'node',
    header: 'Node',
    width: 'minmax(0, 20fr)',
    from: 560,
    render: ({ node, nodeReason }) =>
      node === '' ? (
        <span className="groups-muted" title={escapeText(nodeReason)}>
          not known
        </span>
      ) : (
        <SlimNameText name={node} />
      ),
  },
  {
    id: 'since',
    header: 'Changed',
    width: '104px',
    from: 720,
    render: (member) => {
      const presence = presenceOf(member);
      return presence.state !== 'unknown' && presence.since ? <TimeAgo at={presence.since} /> : '–';
    },
  },
];
