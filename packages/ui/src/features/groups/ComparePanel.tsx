import { type Channel, type CompareGroupResponse, type GroupSide, GroupStanding } from '@muster/api';
import { useState } from 'react';
import {
  Button,
  Checkbox,
  Chip,
  EmptyState,
  ErrorState,
  formatCount,
  NameText,
  PlanReview,
  proseText,
  SearchBox,
  Skeleton,
} from '../../components/index.ts';
import { remedyWords, sideWords, sourceOf, standingWords } from './group-words.ts';
import { useComparison } from './queries.ts';
import './compare.css';

interface Props {
  readonly channel: Channel;
}

/** One group as session, channel manager and control plane have it, and one plan to bring them together. */
export function ComparePanel({ channel }: Props) {
  const [differingOnly, setDifferingOnly] = useState(false);
  const [search, setSearch] = useState('');
  const { data, error, refetch } = useComparison(channel.connection, channel.name, { differingOnly, search });
  const [source, setSource] = useState<GroupSide>();
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={6} />;
  return (
    <div className="groups-scroll compare" role="region" aria-label="Comparison">
      {data.warnings.map(({ code, text }) => (
        <p key={`${code} ${text}`} className="groups-warning" role="status">
          {proseText(text)}
        </p>
      ))}
      {data.sides.length === 1 && (
        <p className="group-note compare-alone">
          Nothing else that is connected here knows this group: there is nothing to compare it with.
        </p>
      )}
      <ul className="compare-sides" aria-label="Who has this group">
        {data.sides.map((side) => (
          <SideCard key={`${side.connection} ${side.channel}`} side={side} onSource={() => setSource(side)} />
        ))}
      </ul>
      <div className="compare-tools">
        <SearchBox value={search} onChange={setSearch} label="Search members" />
        <Checkbox checked={differingOnly} onChange={setDifferingOnly} label="Only those that differ" />
        <span className="group-note">
          {formatCount(Number(data.differing))} {data.differing === 1n ? 'differs' : 'differ'}
        </span>
      </div>
      <Rows data={data} filtered={differingOnly || search !== ''} />
      {source && (
        <PlanReview
          action="group.reconcile"
          input={{
            connection: source.connection,
            channel: source.channel,
            source: sourceOf(source),
            source_connection: source.connection,
          }}
          onDone={() => setSource(undefined)}
          onCancel={() => setSource(undefined)}
          onLeave={() => setSource(undefined)}
        />
      )}
    </div>
  );
}

function standingReason(standing: GroupStanding, side: GroupSide | undefined): string {
  const name = side?.connection ?? '';
  if (standing === GroupStanding.PRESENT) return `${name} lists it.`;
  if (standing === GroupStanding.ABSENT) return `${name} does not list it.`;
  return side?.unreadReason ?? '';
}

function SideCard({ side, onSource }: { readonly side: GroupSide; readonly onSource: () => void }) {
  const { connection, channel, members, unreadReason, lockedReason, moderators, noSourceReason } = side;
  return (
    <li className="compare-side">
      <div className="compare-side-head">
        <b>
          <NameText name={connection} />
        </b>
        <span className="group-note">{sideWords(side)}</span>
      </div>
      <dl>
        <dt>Channel</dt>
        <dd>
          <NameText mono name={channel} />
        </dd>
        <dt>Members</dt>
        <dd>
          {unreadReason === '' ? (
            <>
              {formatCount(members)}
              {moderators.length > 0 && <span className="group-note"> besides who moderates</span>}
            </>
          ) : (
            <Chip tone="unknown" reason={proseText(unreadReason)}>
              unknown
            </Chip>
          )}
        </dd>
        {moderators.length > 0 && (
          <>
            <dt>Moderated by</dt>
            <dd>
              {moderators.map((name) => (
                <NameText key={name} mono name={name} />
              ))}
            </dd>
          </>
        )}
      </dl>
      {unreadReason !== '' && <p className="compare-reason">{proseText(unreadReason)}</p>}
      {lockedReason !== '' && <p className="compare-reason">Left as it is: {proseText(lockedReason)}</p>}
      <Button small onClick={onSource} disabledReason={noSourceReason === '' ? undefined : noSourceReason}>
        Make the others like this…
      </Button>
      {noSourceReason === '' && <span className="group-note">{remedyWords(side)}</span>}
    </li>
  );
}

function Rows({ data, filtered }: { readonly data: CompareGroupResponse; readonly filtered: boolean }) {
  const { rows, sides, total } = data;
  if (rows.length === 0)
    return filtered ? (
      <EmptyState title="No member matches">Nothing fits the search and what is chosen beside it.</EmptyState>
    ) : (
      <EmptyState title="Nobody is in this group">Who is invited on either side appears here.</EmptyState>
    );
  return (
    <>
      <table className="groups-table compare-table">
        <thead>
          <tr>
            <th scope="col">Member</th>
            {sides.map((side) => (
              <th key={`${side.connection} ${side.channel}`} scope="col">
                <NameText name={side.connection} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.member} data-differs={row.differs}>
              <th scope="row">
                <NameText mono name={row.member} />
                {row.moderator && (
                  <span
                    className="group-note"
                    title="Whoever moderates a side is in it without being compared."
                  >
                    {' '}
                    moderator
                  </span>
                )}
              </th>
              {row.standings.map((standing, index) => {
                const words = standingWords(standing);
                const calm = row.moderator && words.tone === 'bad';
                return (
                  <td key={sides[index]?.connection ?? index}>
                    {calm ? (
                      <span className="group-note">–</span>
                    ) : (
                      <Chip tone={words.tone} reason={standingReason(standing, sides[index])}>
                        {words.label}
                      </Chip>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {total > BigInt(rows.length) && (
        <p className="group-note compare-more">
          The first {formatCount(rows.length)} of {formatCount(Number(total))}. Search for others by name.
        </p>
      )}
    </>
  );
}
