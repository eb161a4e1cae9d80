import type { Channel, Warning } from '@muster/api';
import type { ReactNode } from 'react';
import { Button, EmptyState, ErrorState, proseText, Skeleton, Mono } from '../../components/index.ts';
import { ChannelList } from './ChannelList.tsx';
import { channelKey } from './names.ts';

export type ChannelsState =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void }
  | { readonly state: 'ready'; readonly channels: readonly Channel[]; readonly warnings: readonly Warning[] };

export interface GroupsViewProps {
  readonly channels: ChannelsState;
  readonly selected: string | undefined;
  readonly now: Date;
  /** Why no channel can be made; undefined when one can. */
  readonly createProblem: string | undefined;
  readonly onSelect: (key: string | undefined) => void;
  readonly onCreate: () => void;
  /** Takes part in a channel that no connection lists. */
  readonly onTakePart?: () => void;
  readonly takePartProblem?: string | undefined;
  /** The open channel. */
  readonly detail: ReactNode;
}

/** Channels, and the one that is open beside them. */
export function GroupsView({
  channels,
  selected,
  now,
  createProblem,
  onSelect,
  onCreate,
  onTakePart,
  takePartProblem,
  detail,
}: GroupsViewProps) {
  const newChannel = (
    <Button variant="primary" onClick={onCreate} disabledReason={createProblem}>
      New channel
    </Button>
  );
  const found =
    channels.state === 'ready' && channels.channels.some((channel) => channelKey(channel) === selected);
  const open = selected !== undefined;
  return (
    <div className="groups-frame">
      <div className="groups" data-open={open}>
        <section className="groups-list" aria-label="Channels">
          <header className="groups-list-head">
            {open ? <h2>Channels</h2> : <h1>Channels</h1>}
            {channels.state === 'ready' && <span className="groups-count">{channels.channels.length}</span>}
            <span className="groups-space" />
            {!open && onTakePart && (
              <Button variant="quiet" onClick={onTakePart} disabledReason={takePartProblem}>
                Take part…
              </Button>
            )}
            {newChannel}
          </header>
          {channels.state === 'loading' && <Skeleton rows={6} />}
          {channels.state === 'failed' && <ErrorState error={channels.error} retry={channels.retry} />}
          {channels.state === 'ready' && (
            <>
              {channels.warnings.map((warning) => (
                <p key={`${warning.code}${proseText(warning.text)}`} className="groups-warning" role="status">
                  {proseText(warning.text)}
                </p>
              ))}
              {channels.channels.length === 0 ? (
                <EmptyState title="No channels yet" action={newChannel}>
                  A channel is a group of applications that talk over SLIM. Channels of every connected node
                  and channel manager are shown here.
                </EmptyState>
              ) : (
                <ChannelList
                  channels={channels.channels}
                  selected={selected}
                  compact={open}
                  now={now}
                  onSelect={onSelect}
                />
              )}
              {!open && channels.channels.length > 0 && (
                <footer className="groups-foot">
                  <span>
                    <kbd>↑</kbd> <kbd>↓</kbd> move
                  </span>
                  <span>
                    <kbd>Enter</kbd> open
                  </span>
                </footer>
              )}
            </>
          )}
        </section>
        {open && channels.state === 'ready' && !found && (
          <section className="groups-detail">
            <EmptyState
              title="This channel is not here"
              action={<Button onClick={() => onSelect(undefined)}>All channels</Button>}
            >
              No connection has a channel <Mono>{selected ?? ''}</Mono> now. It may have been deleted, have
              expired, or its connection may be down.
            </EmptyState>
          </section>
        )}
        {open && found && detail}
      </div>
    </div>
  );
}
