import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useSpireServers } from '../../components/index.ts';
import { type Question, useAgentIds, useAnswer, useAskedEntry } from './queries.ts';
import { type Chosen, forAddress, parseLines } from './reading.ts';
import { WhyView } from './WhyView.tsx';

const SETTLED = 350;

/** Why has this workload no identity? The address holds the question, but for the environment's values. */
export function WhyPage() {
  const search = useSearch({ from: '/why' });
  const navigate = useNavigate({ from: '/why' });
  const servers = useSpireServers();
  const [chosen, setChosen] = useState<Chosen>({ text: search.sel ?? '', unknown: [], withheld: [] });
  const [settled, setSettled] = useState(chosen);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(chosen), SETTLED);
    return () => clearTimeout(timer);
  }, [chosen]);
  const scoped = servers?.find(({ trustDomain }) => trustDomain === search.td)?.name;
  const connection = search.connection ?? scoped ?? '';
  const lines = useMemo(() => parseLines(settled.text), [settled.text]);
  const asked = lines.selectors.length > 0 || Boolean(search.entry) || Boolean(search.expected);
  const question: Question | undefined =
    asked && lines.problem === ''
      ? {
          connection,
          selectors: lines.selectors,
          agentId: search.agent ?? '',
          expectedId: search.expected ?? '',
          entryId: search.entry ?? '',
          unknown: [...settled.unknown],
        }
      : undefined;
  const answer = useAnswer(question);
  const set = (name: 'connection' | 'agent' | 'expected' | 'entry' | 'sel', value: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, [name]: value || undefined }), replace: true });
  const entry = useAskedEntry(connection, search.entry ?? '').data?.entry;
  return (
    <WhyView
      servers={servers ?? []}
      agents={useAgentIds(servers?.find(({ name }) => name === connection)?.trustDomain)}
      connection={connection}
      agent={search.agent ?? ''}
      expected={search.expected ?? ''}
      entry={search.entry ? { id: search.entry, spiffeId: entry?.spiffeId } : undefined}
      chosen={chosen}
      problem={parseLines(chosen.text).problem}
      onChoose={(next) => {
        setChosen(next);
        set('sel', forAddress(next.text));
      }}
      onSet={set}
      answer={question ? answer.data : undefined}
      loading={question !== undefined && (answer.isPending || answer.isPlaceholderData)}
      error={question ? answer.error : undefined}
      retry={() => void answer.refetch()}
    />
  );
}
