import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ExportList } from './ExportList.tsx';
import { LinkList, NodeList, RouteList } from './lists.tsx';
import { MapTab } from './MapTab.tsx';
import { NetworkTask, type Task } from './NetworkTask.tsx';
import { NetworkView } from './NetworkView.tsx';
import { NodeDetail } from './NodeDetail.tsx';
import { useControlPlanes } from './queries.ts';
import { RouteDetail } from './RouteDetail.tsx';
import { CLEAR, type Kind, type ListTab, type NetworkSearch, openedOf, tabOf } from './search.ts';
import { SegmentsTab } from './SegmentsTab.tsx';
import { DomainDetail, LinkDetail, SegmentDetail } from './TopologyDetail.tsx';
import { type Ability, abilityProblem, noneProblem } from './words.ts';

const BODY = { map: MapTab, nodes: NodeList, routes: RouteList, links: LinkList } as const;
const TOPOLOGY = { link: LinkDetail, segment: SegmentDetail, domain: DomainDetail } as const;
const REMOVES: Partial<Record<Task['task'], Kind>> = {
  'segment-remove': 'segment',
  'domain-remove': 'domain',
  'route-remove': 'route',
};
const SHUT = { open: undefined, id: undefined, on: undefined };

export function NetworkPage() {
  const search: NetworkSearch = useSearch({ from: '/network' });
  const navigate = useNavigate({ from: '/network' });
  const planes = useControlPlanes();
  const [task, setTask] = useState<Task>();
  const [exporting, setExporting] = useState<ListTab>();
  const all = planes.data?.controlPlanes;
  // Typing replaces, so that Back leaves the list and not a letter.
  const change = (next: NetworkSearch, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace });
  const tab = tabOf(search);
  const opened = openedOf(search);
  const none = (ability: Ability) => noneProblem(all, ability);
  const list = { search, planes: all ?? [], onChange: change };
  const shut = () => change(SHUT);
  const able = {
    problem: (ability: Ability, connection: string) => abilityProblem(all, connection, ability),
    onTask: setTask,
  };
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
        none={none}
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
        onExport={setExporting}
        detail={
          opened &&
          (opened.kind === 'node' ? (
            <NodeDetail key={opened.id} at={opened} {...able} onChange={change} onClose={shut} />
          ) : opened.kind === 'route' ? (
            <RouteDetail key={opened.id} at={opened} {...able} onChange={change} onClose={shut} />
          ) : (
            Topology && (
              <Topology
                key={`${opened.kind} ${opened.id}`}
                at={opened}
                {...able}
                onChange={change}
                onClose={shut}
              />
            )
          ))
        }
      >
        {Body ? <Body key={tab} {...list} /> : <SegmentsTab {...list} none={none} onTask={setTask} />}
      </NetworkView>
      {exporting && <ExportList tab={exporting} search={search} onClose={() => setExporting(undefined)} />}
      {task && (
        <NetworkTask
          key={JSON.stringify(task)}
          task={task}
          planes={all ?? []}
          onClose={() => setTask(undefined)}
          onDone={(done) => {
            setTask(undefined);
            // Nothing is left to show of what was removed.
            const gone = REMOVES[done.task];
            if (gone && opened?.kind === gone) change(SHUT, true);
          }}
        />
      )}
    </>
  );
}
