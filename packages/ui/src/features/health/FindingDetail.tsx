import { escapeText } from '@muster/domain/display';
import type { Finding, FindingGroup } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { AppLink, DetailPanel, proseText, SeverityChip, SpiffeIdText } from '../../components/index.ts';

interface Props {
  finding: Finding;
  title: string;
  group: FindingGroup | undefined;
  onClose: () => void;
}

/** One finding: what, why it matters, what to do, and where. */
export function FindingDetail({ finding, title, group, onClose }: Props) {
  const entry = finding.entryId ? `${finding.connection}/${finding.entryId}` : undefined;
  return (
    <DetailPanel
      kind={`${proseText(title)} · ${escapeText(finding.connection)}`}
      title={<SpiffeIdText id={finding.target} copy whole />}
      state={<SeverityChip severity={finding.severity} />}
      onClose={onClose}
    >
      <p>{proseText(finding.text)}</p>
      <dl className="facts">
        <dt>Why it matters</dt>
        <dd>{proseText(group?.why ?? '')}</dd>
        <dt>What to do</dt>
        <dd>{proseText(finding.remedy)}</dd>
      </dl>
      <div className="row">
        <AppLink link={finding.link}>{entry ? 'Show the entry' : 'Show the agent'}</AppLink>
        {entry && (
          <>
            <Link to="/entries/new" search={{ edit: entry }}>
              Change it
            </Link>
            <Link to="/why" search={{ connection: finding.connection, entry: finding.entryId }}>
              Who gets it?
            </Link>
          </>
        )}
        <Link to="/history" search={{ target: finding.entryId || finding.target }}>
          History
        </Link>
      </div>
    </DetailPanel>
  );
}
