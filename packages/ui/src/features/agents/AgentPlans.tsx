import type { Agent } from '@muster/api';
import { useState } from 'react';
import { PlanReview } from '../../components/index.ts';

export interface AgentChange {
  action: 'agent.ban' | 'agent.evict';
  agents: readonly Agent[];
}

interface Props {
  change: AgentChange;
  onDone: () => void;
  onCancel: () => void;
}

/** One plan for each server, one after another: a plan is bound to one. */
export function AgentPlans({ change, onDone, onCancel }: Props) {
  const [at, setAt] = useState(0);
  const parts = [...Map.groupBy(change.agents, (agent) => agent.connection)];
  const part = parts[at];
  if (!part) return null;
  const [connection, its] = part;
  return (
    <PlanReview
      key={connection}
      action={change.action}
      input={{ connection, ids: its.map(({ id }) => id) }}
      onDone={() => (at + 1 < parts.length ? setAt(at + 1) : onDone())}
      onCancel={at === 0 ? onCancel : onDone}
    />
  );
}
