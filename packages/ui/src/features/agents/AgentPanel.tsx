import type { Agent } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import {
  Button,
  DetailPanel,
  ErrorState,
  Mono,
  serverProblem,
  Skeleton,
  SpiffeIdText,
  type SpireServer,
} from '../../components/index.ts';
import { AgentDetail } from './AgentDetail.tsx';
import { AgentChip } from './columns.tsx';
import { useAgent } from './queries.ts';

interface Props {
  at: { connection: string; id: string };
  servers: readonly SpireServer[] | undefined;
  onClose: () => void;
  onBan: (agent: Agent) => void;
  onEvict: (agent: Agent) => void;
}

/** Fetches the open agent. */
export function AgentPanel({ at, servers, onClose, onBan, onEvict }: Props) {
  const found = useAgent(at);
  // The answer to the question before stays a moment; it is of another agent.
  const agent = found.data?.agent?.id === at.id ? found.data.agent : undefined;
  const problem = agent && serverProblem(servers, agent.connection);
  return (
    <DetailPanel
      kind={`Agent${agent ? ` · ${escapeText(agent.connection)}` : ''}`}
      title={agent ? <SpiffeIdText id={agent.id} copy whole /> : <Mono>{at.id}</Mono>}
      state={agent && <AgentChip agent={agent} />}
      onClose={onClose}
      actions={
        agent && (
          <>
            <Button
              disabledReason={problem ?? (agent.banned ? 'It is banned already.' : undefined)}
              className="btn-delete"
              onClick={() => onBan(agent)}
            >
              Ban…
            </Button>
            <span className="grow" />
            <Button className="btn-delete" disabledReason={problem} onClick={() => onEvict(agent)}>
              Evict…
            </Button>
          </>
        )
      }
    >
      {agent ? (
        <AgentDetail agent={agent} found={found.data} />
      ) : found.error ? (
        <ErrorState error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Skeleton rows={8} />
      )}
    </DetailPanel>
  );
}
