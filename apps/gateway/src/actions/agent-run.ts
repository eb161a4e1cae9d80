import { Severity } from '@muster/api';
import type { ItemResult, Warning } from '@muster/api';
import type { AgentImpact } from '../inventory/store/agent-reach.ts';
import { noImpact } from '../inventory/store/agent-reach.ts';
import { classify } from '../upstream/errors.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { AgentRow } from '../upstream/spire/rows.ts';
import { warn } from '../views/entry-warnings.ts';
import type { ActionContext } from './action.ts';
import { count, done, failed, skipped } from './results.ts';

/** Does one thing to agents, one after the other: one that is refused does not keep the rest from it. */
export async function* eachAgent(
  rows: readonly AgentRow[],
  send: (row: AgentRow) => Promise<ItemResult | undefined>,
): AsyncGenerator<ItemResult> {
  let lost = false;
  for (const row of rows) {
    if (lost) {
      yield skipped(row.id);
      continue;
    }
    try {
      yield (await send(row)) ?? done(row.id);
    } catch (error) {
      lost = classify(error).origin !== 'server';
      yield failed(row.id, error);
    }
  }
}

/** What depends on these agents; nothing when the copy cannot say. */
export async function impactOf(
  context: ActionContext,
  connection: SpireConnection,
  rows: readonly AgentRow[],
): Promise<AgentImpact> {
  const now = Math.floor(context.now().getTime() / 1000);
  return context.inventory.store
    .agentImpact(
      connection.link.name,
      rows.map(({ id }) => id),
      now,
    )
    .catch(() => noImpact);
}

/** Which entries nobody serves once these agents are gone, by number and by name. */
export function impactEffect(impact: AgentImpact, agents: number): string {
  const { served, lost, names } = impact;
  const it = agents === 1 ? 'It serves' : 'They serve';
  if (served === 0) return `${it} no registration entries.`;
  const listed =
    names.slice(0, 5).join(', ') + (lost > 5 ? ` and ${lost - Math.min(5, names.length)} more` : '');
  if (lost === 0)
    return `${it} ${count(served, 'entry', 'entries')}; none of them loses its last agent: others with valid SVIDs serve them, or ${agents === 1 ? 'this one' : 'these'} did not either.`;
  return `${count(lost, 'entry loses its', 'entries lose their')} last agent, of ${served} that ${agents === 1 ? 'it serves' : 'they serve'}: ${listed}. Their workloads get no new SVIDs until an agent serves them again.`;
}

export function impactWarnings(impact: AgentImpact): Warning[] {
  return impact.powerful.length === 0
    ? []
    : [
        warn(
          'serves-admin',
          `Identities with power over the server are served there: ${impact.powerful.join(', ')}. Whoever manages the server with them loses that when their SVIDs expire.`,
          Severity.DANGER,
        ),
      ];
}
