import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { errorWords, saveText, useToast } from '../../components/index.ts';
import { toCsv } from './csv.ts';
import { ExpiryView } from './ExpiryView.tsx';
import { useAllExpiry, useExpiry } from './queries.ts';
import { type ExpirySearch, toRequest } from './search.ts';

export function ExpiryPage() {
  const search = useSearch({ from: '/expiry' });
  const navigate = useNavigate({ from: '/expiry' });
  const { kind, within, from, to, expired, td } = search;
  const request = useMemo(
    () => toRequest({ kind, within, from, to, expired, td }),
    [kind, within, from, to, expired, td],
  );
  const { first, rows, onRange } = useExpiry(request);
  const readAll = useAllExpiry(request);
  const toast = useToast();
  const [exporting, setExporting] = useState(false);
  const change = (next: ExpirySearch) => void navigate({ search: (old) => ({ ...old, ...next }) });
  const save = async () => {
    setExporting(true);
    try {
      const { items, total } = await readAll();
      saveText('expiry.csv', 'text/csv', toCsv(items));
      if (BigInt(items.length) < total)
        toast(`The first ${items.length} of ${total} rows are in the file. Narrow the list for the rest.`);
    } catch (error) {
      toast(errorWords(error).what);
    } finally {
      setExporting(false);
    }
  };
  return (
    <ExpiryView
      search={search}
      list={first.data}
      rows={rows}
      loading={first.isPending}
      error={first.data ? undefined : first.error}
      retry={() => void first.refetch()}
      exporting={exporting}
      onExport={() => void save()}
      onChange={change}
      onRange={onRange}
    />
  );
}
