import type { Agent } from '@muster/api';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ExportAgents } from './ExportAgents.tsx';
import { AgentPanel } from './AgentPanel.tsx';
import { type AgentChange, AgentPlans } from './AgentPlans.tsx';
import { agentKey, AgentsView } from './AgentsView.tsx';
import { JoinTokenDialog } from './JoinTokenDialog.tsx';
import { PurgeDialog } from './PurgeDialog.tsx';
import { type SpireServer, useSpireServers } from '../../components/index.ts';
import { useAgents, useJoinTokens } from './queries.ts';
import { type AgentsSearch, known, toRequest } from './search.ts';

type Open =
  { dialog: 'purge' } | { dialog: 'export' } | { dialog: 'token' } | { dialog: 'plan'; change: AgentChange };

export function AgentsPage() {
  const search = known(useSearch({ from: '/agents' }));
  const navigate = useNavigate({ from: '/agents' });
  const { first, rows, onRange } = useAgents(toRequest(search));
  const tokens = useJoinTokens(search.td);
  const servers = useSpireServers('agents.write');
  const [ticked, setTicked] = useState<ReadonlyMap<string, Agent>>(new Map());
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);

  // Typing replaces, so that Back leaves the list and not a letter.
  const change = (next: AgentsSearch, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace });
  const plan = (action: AgentChange['action'], agents: readonly Agent[]) =>
    setOpen({ dialog: 'plan', change: { action, agents } });
  return (
    <>
      <AgentsView
        search={search}
        rows={rows}
        list={{
          data: first.data,
          loading: first.isPending,
          error: first.data ? undefined : first.error,
          retry: () => void first.refetch(),
        }}
        stale={first.isPlaceholderData}
        tokens={{
          data: tokens.data,
          loading: tokens.isPending,
          error: tokens.data ? undefined : tokens.error,
          retry: () => void tokens.refetch(),
        }}
        problem={problemOfAll(servers)}
        ticked={ticked}
        onRange={onRange}
        onTick={(agent) => setTicked(toggle(ticked, agent))}
        onUntickAll={() => setTicked(new Map())}
        onChange={change}
        onOpen={(agent) => change({ id: agent.id, on: agent.connection })}
        onBan={(agents) => plan('agent.ban', agents)}
        onEvict={(agents) => plan('agent.evict', agents)}
        onPurge={() => setOpen({ dialog: 'purge' })}
        onExport={() => setOpen({ dialog: 'export' })}
        onNewToken={() => setOpen({ dialog: 'token' })}
        detail={
          search.id && (
            <AgentPanel
              at={{ connection: search.on ?? '', id: search.id }}
              servers={servers}
              onClose={() => change({ id: undefined, on: undefined })}
              onBan={(agent) => plan('agent.ban', [agent])}
              onEvict={(agent) => plan('agent.evict', [agent])}
            />
          )
        }
      />
      {open?.dialog === 'plan' && (
        <AgentPlans
          change={open.change}
          onCancel={close}
          onDone={() => {
            const gone = open.change.action === 'agent.evict';
            close();
            setTicked(new Map());
            // One that attests again is in the list again soon; nothing is left to show until then.
            if (gone && open.change.agents.some(({ id }) => id === search.id))
              change({ id: undefined, on: undefined }, true);
          }}
        />
      )}
      {open?.dialog === 'export' && <ExportAgents search={search} list={first.data} onClose={close} />}
      {open?.dialog === 'purge' && <PurgeDialog servers={servers} trustDomain={search.td} onClose={close} />}
      {open?.dialog === 'token' && (
        <JoinTokenDialog
          servers={servers}
          trustDomain={search.td}
          onClose={close}
          onDone={() => {
            close();
            change({ tab: 'tokens' });
          }}
        />
      )}
    </>
  );
}

function problemOfAll(servers: readonly SpireServer[] | undefined): string | undefined {
  if (!servers) return 'The connections are being read.';
  if (servers.length === 0) return 'No SPIRE server is configured. Connections says how to add one.';
  return servers.every(({ problem }) => problem) ? servers[0]?.problem : undefined;
}

function toggle(ticked: ReadonlyMap<string, Agent>, agent: Agent): ReadonlyMap<string, Agent> {
  const next = new Map(ticked);
  if (!next.delete(agentKey(agent))) next.set(agentKey(agent), agent);
  return next;
}
