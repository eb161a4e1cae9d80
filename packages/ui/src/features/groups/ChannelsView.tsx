import { useRef } from 'react';
import {
  Button,
  CopyLink,
  EmptyState,
  ErrorState,
  FilterChip,
  formatCount,
  ListKeys,
  Page,
  SearchBox,
  useSlash,
} from '../../components/index.ts';
import { ChannelWarnings } from './ChannelWarnings.tsx';
import { ChannelsTable } from './ChannelsTable.tsx';
import { type ChannelSearch, isNarrowed, NARROWS, narrow, valuesOf } from './channel-search.ts';
import type { ChannelsState } from './GroupsView.tsx';

export interface ChannelsViewProps {
  readonly channels: ChannelsState;
  readonly search: ChannelSearch;
  readonly now: Date;
  /** Why no channel can be made; undefined when one can. */
  readonly createProblem: string | undefined;
  readonly takePartProblem: string | undefined;
  readonly onSearch: (change: ChannelSearch, replace?: boolean) => void;
  readonly onSelect: (key: string) => void;
  readonly onCreate: () => void;
  readonly onTakePart: () => void;
  readonly onExport: () => void;
}

/** Every channel: search, filters, order, and the way into each. */
export function ChannelsView(props: ChannelsViewProps) {
  const { channels, search, now, onSearch, onCreate } = props;
  const input = useRef<HTMLInputElement>(null);
  useSlash(input);
  const all = channels.state === 'ready' ? channels.channels : [];
  const found = narrow(all, search);
  const create = (
    <Button variant="primary" onClick={onCreate} disabledReason={props.createProblem}>
      New channel
    </Button>
  );
  const clear = () => onSearch(Object.fromEntries(NARROWS.map((name) => [name, undefined])));
  return (
    <Page
      title="Channels"
      count={
        channels.state === 'ready' &&
        (isNarrowed(search)
          ? `${formatCount(found.length)} of ${formatCount(all.length)}`
          : formatCount(all.length))
      }
      actions={
        <>
          <Button onClick={props.onTakePart} disabledReason={props.takePartProblem}>
            Take part…
          </Button>
          <Button
            onClick={props.onExport}
            disabledReason={found.length === 0 ? 'There is no channel to export.' : undefined}
          >
            Export…
          </Button>
          {create}
        </>
      }
      toolbar={
        <>
          <SearchBox
            ref={input}
            label="Search channels"
            value={search.q ?? ''}
            onChange={(q) => onSearch({ q: q || undefined }, true)}
          />
          <FilterChip
            label="Managed by"
            value={search.by}
            options={valuesOf(all, 'by')}
            onChange={(by) => onSearch({ by })}
          />
          <FilterChip
            label="MLS"
            value={search.mls}
            valueLabel={`MLS ${search.mls ?? ''}`}
            options={valuesOf(all, 'mls')}
            onChange={(mls) => onSearch({ mls })}
          />
          <FilterChip
            label="Owner"
            value={search.owner}
            options={valuesOf(all, 'owner')}
            onChange={(owner) => onSearch({ owner })}
          />
        </>
      }
      footer={
        <>
          <ListKeys more={['/ search']} />
          <span className="grow" />
          <CopyLink />
        </>
      }
    >
      {channels.state === 'ready' && <ChannelWarnings warnings={channels.warnings} />}
      {channels.state === 'failed' ? (
        <ErrorState error={channels.error} retry={channels.retry} />
      ) : (
        <ChannelsTable
          channels={found}
          search={search}
          now={now}
          loading={channels.state === 'loading'}
          onSort={({ column, descending }) => onSearch({ sort: column, desc: descending ? '1' : undefined })}
          onSelect={props.onSelect}
          empty={
            channels.state === 'ready' &&
            (isNarrowed(search) ? (
              <EmptyState
                title="No channel matches"
                action={<Button onClick={clear}>Clear search and filters</Button>}
              >
                Search looks in names, connections, owners and moderators.
              </EmptyState>
            ) : (
              <EmptyState title="No channels yet" action={create}>
                A channel is a group of applications that talk over SLIM. Channels of every connected node and
                channel manager are shown here.
              </EmptyState>
            ))
          }
        />
      )}
    </Page>
  );
}
