import { AgentService, EntryService, WhyService } from '@muster/api';
import { skipToken, useQuery } from '@connectrpc/connect-query';
import { keepPreviousData } from '@tanstack/react-query';

export interface Question {
  /** Empty: every server. */
  connection: string;
  selectors: { type: string; value: string }[];
  agentId: string;
  expectedId: string;
  entryId: string;
  unknown: string[];
}

/** Undefined: nothing is asked yet. */
export function useAnswer(question: Question | undefined) {
  return useQuery(WhyService.method.explain, question ?? skipToken, {
    placeholderData: question ? keepPreviousData : undefined,
    retry: false,
  });
}

/** Agents to choose from, the first 500; more are found by typing their ID. */
export function useAgentIds(trustDomain: string | undefined): readonly string[] {
  const { data } = useQuery(AgentService.method.listAgents, {
    trustDomains: trustDomain ? [trustDomain] : [],
    page: { limit: 500 },
  });
  return data?.agents.map(({ id }) => id) ?? [];
}

/** The entry asked about. */
export function useAskedEntry(connection: string, id: string) {
  return useQuery(
    EntryService.method.getEntry,
    connection !== '' && id !== '' ? { connection, id } : skipToken,
  );
}
