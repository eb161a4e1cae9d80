import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useNow } from '../../components/index.ts';
import { ChannelPage } from './ChannelPage.tsx';
import type { Drafts } from './Conversation.tsx';
import { ChannelsView } from './ChannelsView.tsx';
import { type ChannelSearch, isNarrowed, NARROWS, narrow } from './channel-search.ts';
import { ExportChannels } from './ExportChannels.tsx';
import { type ChannelsState, GroupsView } from './GroupsView.tsx';
import { type Manager, managersOf } from './managers.ts';
import type { MemberFilter } from './MembersTools.tsx';
import { channelKey } from './names.ts';
import { useChannels, useManagers } from './queries.ts';
import { takePartProblem } from './SessionBar.tsx';
import { TakePartDialog } from './TakePartDialog.tsx';
import { type Task, TaskDialog } from './TaskDialog.tsx';
import './groups.css';

/** Channels of every connection; what is open is in the address (`channel`, `member`). */
export default function GroupsPage() {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const selected = textOf(search['channel']);
  const list: ChannelSearch = {
    q: textOf(search['q']),
    by: textOf(search['by']),
    mls: textOf(search['mls']),
    owner: textOf(search['owner']),
    sort: textOf(search['sort']),
    desc: textOf(search['desc']),
  };
  const navigate = useNavigate();
  const channels = useChannels();
  const managers = useManagers();
  const now = useNow(5000);
  const [drafts] = useState<Drafts>(() => new Map());
  const [task, setTask] = useState<Task>();
  const [takingPart, setTakingPart] = useState(false);
  const [exporting, setExporting] = useState(false);
  const candidates = channels.data?.candidates ?? [];
  const filter: MemberFilter = {
    find: textOf(search['find']),
    presence: textOf(search['presence']),
    identity: textOf(search['identity']),
  };
  const go = (channel: string | undefined, member?: string, narrowed: MemberFilter = {}, replace = false) =>
    void navigate({
      to: '/channels',
      replace,
      // The list keeps its search and order beneath what is open.
      search: said({ ...list, channel, member, ...narrowed }),
    });
  const narrowTo = (change: ChannelSearch, replace = false) =>
    void navigate({
      to: '/channels',
      replace,
      search: said({ ...list, ...change, channel: selected, member: textOf(search['member']), ...filter }),
    });
  const channel = channels.data?.channels.find((one) => channelKey(one) === selected);
  const places = managersOf(managers.data?.connections ?? []);
  const create = () => setTask({ task: 'create', managers: places, candidates });
  return (
    <>
      {selected === undefined ? (
        <ChannelsView
          channels={channelsState(channels)}
          search={list}
          now={now}
          createProblem={createProblem(managers.isPending, places)}
          takePartProblem={takePartProblem(places)}
          onSearch={narrowTo}
          onSelect={(key) => go(key)}
          onCreate={create}
          onTakePart={() => setTakingPart(true)}
          onExport={() => setExporting(true)}
        />
      ) : (
        <GroupsView
          channels={channelsState(channels)}
          search={list}
          selected={selected}
          createProblem={createProblem(managers.isPending, places)}
          onSelect={(key) => go(key)}
          onShowAll={() => narrowTo(Object.fromEntries(NARROWS.map((name) => [name, undefined])))}
          onCreate={create}
          detail={
            channel && (
              <ChannelPage
                key={channelKey(channel)}
                channel={channel}
                filter={filter}
                selected={textOf(search['member'])}
                now={now}
                drafts={drafts}
                onSelect={(member) => go(selected, member, filter)}
                onFilter={(next) => go(selected, textOf(search['member']), next, true)}
                comparing={search['view'] === 'compare'}
                onCompare={(on) =>
                  void navigate({
                    to: '/channels',
                    search: said({ ...list, channel: selected, view: on ? 'compare' : undefined }),
                  })
                }
                onBack={() => go(undefined)}
              />
            )
          }
        />
      )}
      {exporting && channels.data && (
        <ExportChannels
          channels={narrow(channels.data.channels, list)}
          filtered={isNarrowed(list)}
          onClose={() => setExporting(false)}
        />
      )}
      {takingPart && (
        <TakePartDialog
          managers={places}
          onClose={(joined) => {
            setTakingPart(false);
            if (joined) go(channelKey(joined));
          }}
        />
      )}
      {task && (
        <TaskDialog
          task={task}
          onClose={() => setTask(undefined)}
          onDone={(_task, created) => {
            setTask(undefined);
            // A control plane up to 1.4 makes the name itself: it is in the list.
            if (created?.name) go(channelKey({ connection: created.connection, name: created.name }));
          }}
        />
      )}
    </>
  );
}

function channelsState(query: ReturnType<typeof useChannels>): ChannelsState {
  if (query.data) return { state: 'ready', channels: query.data.channels, warnings: query.data.warnings };
  if (query.error) return { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}

function createProblem(pending: boolean, managers: readonly Manager[]): string | undefined {
  if (pending) return 'The connections are being read.';
  if (managers.length === 0) return 'No SLIM node, channel manager or control plane up to 1.4 is connected.';
  if (managers.some((manager) => !manager.problem)) return undefined;
  return managers.map((manager) => `${manager.name}: ${manager.problem ?? ''}`).join(' ');
}

/** What of it has something to say, for the address. */
const said = (search: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(search).flatMap(([name, value]) => (value ? [[name, value]] : [])));

/** Search parameters come from whoever wrote the address. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
