import type { Channel, Warning } from '@muster/api';
import type { ReactNode } from 'react';
import { Button, EmptyState, ErrorState, formatCount, Mono, Skeleton } from '../../components/index.ts';
import { ChannelList } from './ChannelList.tsx';
import { ChannelWarnings } from './ChannelWarnings.tsx';
import { type ChannelSearch, isNarrowed, narrow } from './channel-search.ts';
import { channelKey } from './names.ts';

export type ChannelsState =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void }
  | { readonly state: 'ready'; readonly channels: readonly Channel[]; readonly warnings: readonly Warning[] };

export interface GroupsViewProps {
  readonly channels: ChannelsState;
  readonly search: ChannelSearch;
  readonly selected: string;
  /** Why no channel can be made; undefined when one can. */
  readonly createProblem: string | undefined;
  readonly onSelect: (key: string | undefined) => void;
  readonly onShowAll: () => void;
  readonly onCreate: () => void;
  /** The open channel. */
  readonly detail: ReactNode;
}

/** The channel that is open, and the others beside it. */
export function GroupsView(props: GroupsViewProps) {
  const { channels, search, selected, createProblem, onSelect, onShowAll, onCreate, detail } = props;
  const all = channels.state === 'ready' ? channels.channels : [];
  const shown = narrow(all, search);
  const found = all.some((channel) => channelKey(channel) === selected);
  return (
    <div className="groups-frame">
      <div className="groups" data-open>
        <section className="groups-list" aria-label="Channels">
          <header className="groups-list-head">
            <h2>Channels</h2>
            {channels.state === 'ready' && (
              <span className="groups-count">
                {isNarrowed(search)
                  ? `${formatCount(shown.length)} of ${formatCount(all.length)}`
                  : all.length}
              </span>
            )}
            <span className="groups-space" />
            <Button small onClick={onCreate} disabledReason={createProblem}>
              New channel
            </Button>
          </header>
          {channels.state === 'loading' && <Skeleton rows={6} />}
          {channels.state === 'failed' && <ErrorState error={channels.error} retry={channels.retry} />}
          {channels.state === 'ready' && (
            <>
              <ChannelWarnings warnings={channels.warnings} />
              <ChannelList channels={shown} selected={selected} onSelect={onSelect} />
              {isNarrowed(search) && (
                <Button small variant="quiet" onClick={onShowAll}>
                  Show all {formatCount(all.length)}
                </Button>
              )}
            </>
          )}
        </section>
        {channels.state === 'ready' && !found && (
          <section className="groups-detail">
            <EmptyState
              title="This channel is not here"
              action={<Button onClick={() => onSelect(undefined)}>All channels</Button>}
            >
              No connection has a channel <Mono>{selected}</Mono> now. It may have been deleted, have expired,
              or its connection may be down.
            </EmptyState>
          </section>
        )}
        {found && detail}
      </div>
    </div>
  );
}
