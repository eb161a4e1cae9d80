import { csvFormat, ExportDialog, jsonFormat } from '../../components/index.ts';
import { useNetworkFile } from './files.ts';
import { useTotal } from './queries.ts';
import { isFiltered, type ListTab, type NetworkSearch } from './search.ts';

interface Props {
  tab: ListTab;
  search: NetworkSearch;
  onClose: () => void;
}

/** Saves the nodes, routes or links that match as a file. */
export function ExportList({ tab, search, onClose }: Props) {
  const one = tab.slice(0, -1);
  return (
    <ExportDialog
      things={tab}
      one={`1 ${one}`}
      total={useTotal(tab, search)}
      filtered={isFiltered(search)}
      formats={[csvFormat(one), jsonFormat(tab)]}
      read={useNetworkFile(tab, search)}
      onClose={onClose}
    />
  );
}
