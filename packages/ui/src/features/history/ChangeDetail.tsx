import { escapeText } from '@muster/domain/display';
import { type Change, ChangeKind, ChangeVerb } from '@muster/api';
import { Link } from '@tanstack/react-router';
import {
  DetailPanel,
  formatExact,
  NameText,
  proseText,
  SpiffeIdText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { VerbChip } from './VerbChip.tsx';
import { kindOf } from './words.ts';

/** One change: what it was before and is after, when it can have happened, and who made it. */
export function ChangeDetail({ change, onClose }: { change: Change; onClose: () => void }) {
  const [seen, before] = [toDate(change.seenAt), toDate(change.notBefore)];
  const here = seen && before && seen.getTime() === before.getTime();
  return (
    <DetailPanel
      kind={`Change of ${kindOf(change.kind)} · ${escapeText(change.connection)}`}
      title={
        change.target.startsWith('spiffe://') ? (
          <SpiffeIdText id={change.target} copy whole />
        ) : (
          <NameText name={change.target} />
        )
      }
      state={<VerbChip change={change} />}
      onClose={onClose}
    >
      <p className="small">{proseText(change.origin)}</p>
      {change.fields.length > 0 && (
        <table className="history-diff">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {change.fields.map(({ field, before: was, after: is }) => (
              <tr key={field}>
                <th scope="row">{proseText(field)}</th>
                <td className="mono history-was">{lines(was)}</td>
                <td className="mono history-is">{lines(is)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {change.verb === ChangeVerb.ADDED && (
        <p className="small">It was not there in the reading before. What it has now is on its own page.</p>
      )}
      <dl className="facts">
        <dt>{here ? 'Done' : 'Noticed'}</dt>
        <dd>
          <TimeAgo at={seen} /> <span className="small">{seen && formatExact(seen)}</span>
        </dd>
        {!here && (
          <>
            <dt>Not before</dt>
            <dd>{before ? formatExact(before) : 'unknown: there was no reading before'}</dd>
          </>
        )}
        {change.recordId && (
          <>
            <dt>Activity</dt>
            <dd>
              <Link to="/activity" search={{ id: change.recordId }}>
                {proseText(change.recordTitle)}
              </Link>
            </dd>
          </>
        )}
      </dl>
      <div className="row">
        {change.kind === ChangeKind.ENTRY && change.verb !== ChangeVerb.REMOVED && (
          <Link to="/entries" search={{ id: `${change.connection}/${change.entryId}` }}>
            Show the entry
          </Link>
        )}
        {change.kind === ChangeKind.AGENT && change.verb !== ChangeVerb.REMOVED && (
          <Link to="/agents" search={{ id: change.target }}>
            Show the agent
          </Link>
        )}
        <Link to="/history" search={{ target: change.entryId || change.target }}>
          All changes of it
        </Link>
      </div>
    </DetailPanel>
  );
}

function lines(text: string) {
  if (text === '') return <span className="small">none</span>;
  // Selectors are shown one a line.
  return text
    .split(/\n|, (?=[a-z0-9_]+:)/u)
    .map((line, index) => <div key={`${index} ${line}`}>{escapeText(line)}</div>);
}
