import { create } from '@bufbuild/protobuf';
import { AgentSchema } from '@muster/api';
import type { Agent } from '@muster/api';
import type { AgentRow } from '../upstream/spire/rows.ts';
import { timestamp } from '../views/times.ts';

/** An agent by what its server says; counts and renewals are left out. */
export function toAgentRow(connection: string, row: AgentRow): Agent {
  return create(AgentSchema, { ...row, connection, expiresAt: timestamp(row.expiresAt) });
}
