import type { ListAgentsResponse } from '@muster/api';
import { csvFormat, ExportDialog, jsonFormat } from '../../components/index.ts';
import { useAgentsFile } from './queries.ts';
import { type AgentsSearch, isFiltered, toRequest } from './search.ts';

interface Props {
  search: AgentsSearch;
  list: ListAgentsResponse | undefined;
  onClose: () => void;
}

/** Saves the agents that match as a file. */
export function ExportAgents({ search, list, onClose }: Props) {
  const read = useAgentsFile(toRequest(search));
  return (
    <ExportDialog
      things="agents"
      one="1 agent"
      total={list?.total}
      filtered={isFiltered(search)}
      formats={[csvFormat('agent'), jsonFormat('agents')]}
      read={read}
      onClose={onClose}
    />
  );
}
