import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { LinkList, NodeList, RouteList } from './lists.tsx';
import { MapTab } from './MapTab.tsx';
import { NetworkTask, type Task } from './NetworkTask.tsx';
import { NetworkView } from './NetworkView.tsx';
import { NodeDetail } from './NodeDetail.tsx';
import { useControlPlanes } from './queries.ts';
import { RouteDetail } from './RouteDetail.tsx';
import { CLEAR, type NetworkSearch, openedOf, tabOf } from './search.ts';
import { SegmentsTab } from './SegmentsTab.tsx';
import { DomainDetail, LinkDetail, SegmentDetail } from './TopologyDetail.tsx';
import { topologyProblem } from './words.ts';

const BODY = { map: MapTab, nodes: NodeList, routes: RouteList, links: LinkList } as const;
const TOPOLOGY = { link: LinkDetail, segment: SegmentDetail, domain: DomainDetail } as const;
const SHUT = { open: undefined, id: undefined, on: undefined };

export function NetworkPage() {
  const search: NetworkSearch = useSearch({ from: '/network' });
  const navigate = useNavigate({ from: '/network' });
  const planes = useControlPlanes();
  const [task, setTask] = useState<Task>();
  const all = planes.data?.controlPlanes;
  // Typing replaces, so that Back leaves the list and not a letter.
  const change = (next: NetworkSearch, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace });
  const tab = tabOf(search);
  const opened = openedOf(search);
  const problems = (all ?? []).map(({ connection }) => topologyProblem(all, connection));
  const open = (all ?? [])
    .map(({ connection }) => connection)
    .filter((connection) => topologyProblem(all, connection) === undefined);
  const problem = open.length > 0 ? undefined : (problems[0] ?? 'No control plane is configured.');
  const list = { search, planes: all ?? [], onChange: change };
  const shut = () => change(SHUT);
  const Topology =
    opened && opened.kind !== 'node' && opened.kind !== 'route' ? TOPOLOGY[opened.kind] : undefined;
  const Body = tab === 'segments' ? undefined : BODY[tab];
  return (
    <>
      <NetworkView
        tab={tab}
        planes={all}
        error={planes.data ? undefined : planes.error}
        retry={() => void planes.refetch()}
        problem={problem}
        onTab={(next) =>
          // What narrows one list says nothing of another.
          change({
            ...CLEAR,
            cp: search.cp,
            sort: undefined,
            desc: undefined,
            tab: next === 'map' ? undefined : next,
          })
        }
        onTask={setTask}
        detail={
          opened &&
          (opened.kind === 'node' ? (
            <NodeDetail key={opened.id} at={opened} onChange={change} onClose={shut} />
          ) : opened.kind === 'route' ? (
            <RouteDetail key={opened.id} at={opened} onChange={change} onClose={shut} />
          ) : (
            Topology && (
              <Topology
                key={`${opened.kind} ${opened.id}`}
                at={opened}
                problem={topologyProblem(all, opened.connection)}
                onChange={change}
                onTask={setTask}
                onClose={shut}
              />
            )
          ))
        }
      >
        {Body ? <Body key={tab} {...list} /> : <SegmentsTab {...list} problem={problem} onTask={setTask} />}
      </NetworkView>
      {task && (
        <NetworkTask
          task={task}
          open={open}
          onClose={() => setTask(undefined)}
          onDone={(done) => {
            setTask(undefined);
            // Nothing is left to show of what was removed.
            if (done.task === 'segment-remove' && opened?.kind === 'segment') change(SHUT, true);
          }}
        />
      )}
    </>
  );
}
