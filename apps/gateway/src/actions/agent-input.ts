import { Code, ConnectError } from '@connectrpc/connect';
import { parseSpiffeId } from '@muster/domain';
import { refuse } from '../upstream/refuse.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { AgentRow } from '../upstream/spire/rows.ts';
import { badInput } from './action.ts';
import type { ActionContext, Target } from './action.ts';
import { bindTarget, named, readEach, spireConnection } from './spire-target.ts';

/** Input of what is done to agents one by one. */
export interface AgentsInput {
  connection?: string;
  ids: string[];
}

/** Most agents in one plan. */
export const mostAgents = 1000;

export const agentsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['ids'],
  properties: {
    connection: { type: 'string', maxLength: 63 },
    ids: {
      type: 'array',
      minItems: 1,
      maxItems: mostAgents,
      items: { type: 'string', minLength: 1, maxLength: 2048 },
    },
  },
};

export interface ChosenAgents {
  connection: SpireConnection;
  target: Target;
  /** As their server has them now, in the order given. */
  rows: AgentRow[];
}

/** The agents of an input, read from their server now. Throws what names the field when one is not there. */
export async function chooseAgents(input: AgentsInput, context: ActionContext): Promise<ChosenAgents> {
  const ids = [...new Set(input.ids)];
  const parsed = ids.map((text, index) => {
    const id = parseSpiffeId(text);
    if (!id.ok) throw badInput(`ids[${index}]`, `${id.problem.message} (SPIFFE ${id.problem.code})`);
    if (!/^\/spire\/agent\/./u.test(id.value.path))
      throw badInput(`ids[${index}]`, 'not the ID of an agent: those begin with /spire/agent/.');
    return id.value;
  });
  const connection = spireConnection(context, input.connection, parsed[0]?.trustDomain);
  const target = await bindTarget(connection, 'agents.write');
  parsed.forEach(({ trustDomain }, index) => {
    if (trustDomain !== target.trustDomain)
      throw badInput(
        `ids[${index}]`,
        `it is of ${trustDomain}, and ${target.connection} serves agents of ${target.trustDomain} only.`,
      );
  });
  const found = await readAgents(connection, ids).catch((error: unknown) => {
    throw refuse('Reading the agents', target.connection, error);
  });
  const missing = ids.filter((_id, index) => !found[index]);
  if (missing.length > 0)
    throw new ConnectError(
      `ids: ${target.connection} has no agent ${named(missing)}. Evicted already?`,
      Code.NotFound,
    );
  return { connection, target, rows: found.filter((row) => row !== undefined) };
}

/** Reads agents by ID; in the order given. */
export function readAgents(
  { client }: SpireConnection,
  ids: readonly string[],
): Promise<(AgentRow | undefined)[]> {
  return readEach(ids, (id) => client.agents.get(id));
}

/** What makes agents others than those planned for. A renewed SVID does not: live agents renew all the time. */
export async function agentDrift(connection: SpireConnection, rows: readonly AgentRow[]): Promise<string> {
  const now = await readAgents(
    connection,
    rows.map(({ id }) => id),
  );
  for (const [index, row] of rows.entries()) {
    const one = now[index];
    if (!one) return `${row.id} is not there any more`;
    if (one.banned !== row.banned)
      return `${row.id} was ${one.banned ? 'banned' : 'evicted and attested again'}`;
    if (one.canReattest !== row.canReattest) return `${row.id} was attested in another way`;
  }
  return '';
}
