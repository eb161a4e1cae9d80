import type { Member } from '@muster/api';
import { escapeText } from '@muster/domain';
import { Chip, TimeAgo, NameText } from '../../components/index.ts';
import { memberKey, shortInstance } from './names.ts';
import { byAttention, presenceLabel, presenceOf, presenceTone } from './presence.ts';
import { moveBetweenRows } from './row-keys.ts';

export interface MembersTableProps {
  readonly members: readonly Member[];
  readonly selected: string | undefined;
  readonly now: Date;
  readonly onSelect: (member: string) => void;
}

/** The facts of the picture, with who needs a look first. */
export function MembersTable({ members, selected, now, onSelect }: MembersTableProps) {
  return (
    <table className="groups-table groups-members">
      <thead>
        <tr>
          <th scope="col">Member</th>
          <th scope="col">Instance</th>
          <th scope="col">Presence</th>
          <th scope="col">Changed</th>
          <th scope="col">Role</th>
        </tr>
      </thead>
      <tbody onKeyDown={moveBetweenRows}>
        {byAttention(members).map((member) => {
          const presence = presenceOf(member);
          const key = memberKey(member);
          return (
            <tr key={key} data-selected={key === selected} onClick={() => onSelect(key)}>
              <td>
                <button
                  type="button"
                  data-row
                  className="groups-rowlink"
                  aria-pressed={key === selected}
                  title={escapeText(member.name)}
                >
                  <NameText name={member.name} />
                </button>
              </td>
              <td
                className="groups-mono groups-muted"
                title={escapeText(member.instance) || 'The instance is not known.'}
              >
                {member.instance === '' ? '–' : shortInstance(member.instance)}
              </td>
              <td>
                <Chip tone={presenceTone[presence.state]} reason={presence.reason}>
                  {presenceLabel(presence, now)}
                </Chip>
              </td>
              <td className="groups-number groups-muted">
                {presence.state !== 'unknown' && presence.since ? <TimeAgo at={presence.since} /> : '–'}
              </td>
              <td>{member.moderator ? 'moderator' : <span className="groups-muted">participant</span>}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
