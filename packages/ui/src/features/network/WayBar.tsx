import type { ReachResponse } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import { ErrorState, FilterChip, proseText } from '../../components/index.ts';
import type { Change } from './NetworkTools.tsx';
import { useChannels, useMembersOf } from './queries.ts';
import type { NetworkSearch } from './search.ts';

interface Props {
  search: NetworkSearch;
  answer: ReachResponse | undefined;
  error: unknown;
  retry: () => void;
  onChange: Change;
}

/** Which channel's members the map shows, between which two the way is, and what is wrong with it. */
export function WayBar({ search, answer, error, retry, onChange }: Props) {
  const channels = useChannels().data?.channels ?? [];
  const { channel, from, to } = search;
  const members = useMembersOf(channels.find(({ name }) => name === channel));
  const names = members.map((value) => ({ value, label: escapeText(nameOf(value)) }));
  const shown = channel ?? (from && to);
  const short = (value: string | undefined) => value && escapeText(nameOf(value));
  return (
    <div className="network-way">
      <div className="network-way-chips">
        <FilterChip
          label="Members of a channel"
          value={channel}
          valueLabel={channel && <>Members of {escapeText(channel)}</>}
          options={channels.map(({ name }) => ({ value: name }))}
          placeholder="No channel is known here."
          onChange={(next) => onChange({ channel: next, from: undefined, to: undefined })}
        />
        {(channel ?? from) && (
          <FilterChip
            label="From"
            value={from}
            valueLabel={<>From {short(from)}</>}
            options={names.filter(({ value }) => value !== to)}
            onChange={(next) => onChange({ from: next, ...(channel ? {} : { to: undefined }) })}
          />
        )}
        {(channel ?? to) && (
          <FilterChip
            label="To"
            value={to}
            valueLabel={<>To {short(to)}</>}
            options={names.filter(({ value }) => value !== from)}
            onChange={(next) => onChange({ to: next, ...(channel ? {} : { from: undefined }) })}
          />
        )}
      </div>
      {shown && Boolean(error) && !answer && <ErrorState error={error} retry={retry} />}
      {shown && answer && (
        <p className={`network-way-said ${TONE.get(answer.verdict) ?? 'unknown'}`} role="status">
          {to ? proseText(answer.summary) : placesWords(answer)}{' '}
          <Link
            to="/reach"
            search={{
              ...(channel && { channel }),
              ...(from && { from }),
              ...(to && { to }),
              ...(search.cp && { cp: search.cp }),
            }}
          >
            {to ? 'Step by step' : 'Does everyone hear?'}
          </Link>
        </p>
      )}
    </div>
  );
}

const TONE = new Map([
  ['reaches', 'ok'],
  ['does-not', 'bad'],
]);

const nameOf = (full: string): string => full.split('/').slice(0, 3).join('/');

/** Where everyone is, in a sentence. */
function placesWords({ places, verdict }: ReachResponse): string {
  const all = places.reduce((sum, { members }) => sum + members, 0);
  const nowhere = places.find(({ node }) => node === '')?.members ?? 0;
  const nodes = places.filter(({ node }) => node !== '').length;
  return `${all} ${all === 1 ? 'member' : 'members'} on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}${
    nowhere > 0 ? `; ${nowhere} on none that is known` : ''
  }${verdict === 'does-not' ? '; not all of them can be reached' : ''}.`;
}
