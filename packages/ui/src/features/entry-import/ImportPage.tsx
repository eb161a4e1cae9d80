import { ImportFormat, ImportMode, ImportVerb } from '@muster/api';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { PlanReview, useSpireServers } from '../../components/index.ts';
import { useDrafts } from '../../stores/drafts.ts';
import { ImportView } from './ImportView.tsx';
import { usePreview } from './queries.ts';
import { type Source, takeFile, takeText } from './source.ts';

interface Draft {
  source: Source | undefined;
  format: ImportFormat;
  mode: ImportMode;
  skip: boolean;
}

const EMPTY: Draft = {
  source: undefined,
  format: ImportFormat.UNSPECIFIED,
  mode: ImportMode.CREATE_AND_UPDATE,
  skip: false,
};
const KEY = 'import';
const FORMATS = new Map([
  [ImportFormat.CSV, 'csv'],
  [ImportFormat.YAML, 'yaml'],
  [ImportFormat.JSON, 'json'],
  [ImportFormat.SPIRE_DATA, 'spire-data'],
]);

/** A file of entries: what it would do, row by row, then a plan of it. Kept while the window is open. */
export function ImportPage() {
  const search = useSearch({ from: '/entries/import' });
  const navigate = useNavigate({ from: '/entries/import' });
  const servers = useSpireServers('entries.write');
  const { drafts, setDraft } = useDrafts();
  const draft = (drafts[KEY] as Draft | undefined) ?? EMPTY;
  const [verb, setVerb] = useState(ImportVerb.UNSPECIFIED);
  const [problem, setProblem] = useState('');
  const [reviewing, setReviewing] = useState(false);
  const set = (part: Partial<Draft>) => setDraft(KEY, { ...draft, ...part });

  const connection =
    search.connection ?? servers?.find((one) => !one.problem)?.name ?? servers?.[0]?.name ?? '';
  const server = servers?.find((one) => one.name === connection);
  const { source } = draft;
  const text = source?.parts[source.part] ?? '';
  const asked =
    text === '' || connection === ''
      ? undefined
      : { connection, format: draft.format, text, mode: draft.mode, verb };
  // Typing goes on while an answer is awaited.
  const preview = usePreview(useDeferredValue(asked));

  const take = async (taking: ReturnType<typeof takeFile> | ReturnType<typeof takeText>) => {
    const taken = await taking;
    setProblem(taken.ok ? '' : taken.reason);
    setVerb(ImportVerb.UNSPECIFIED);
    set({ source: taken.ok ? taken.source : undefined });
  };
  const paste = (pasted: string) => {
    if (pasted === '') {
      setProblem('');
      set({ source: undefined });
    } else void take(takeText(pasted));
  };
  return (
    <>
      <ImportView
        servers={servers}
        server={server}
        source={source}
        text={text}
        format={draft.format}
        mode={draft.mode}
        skip={draft.skip}
        verb={verb}
        problem={problem}
        preview={asked ? preview.data : undefined}
        checking={asked !== undefined && preview.isFetching}
        error={asked && !preview.isFetching ? preview.error : undefined}
        retry={() => void preview.refetch()}
        onServer={(name) => void navigate({ search: (old) => ({ ...old, connection: name }), replace: true })}
        onFile={(file) => void take(takeFile(file))}
        onPaste={paste}
        onClear={() => paste('')}
        onFormat={(format) => set({ format })}
        onMode={(mode) => set({ mode })}
        onSkip={(skip) => set({ skip })}
        onVerb={setVerb}
        onPart={(part) => source && set({ source: { ...source, part } })}
        onReview={() => setReviewing(true)}
      />
      {reviewing && (
        <PlanReview
          action="entry.import"
          input={{
            connection,
            text,
            mode: draft.mode === ImportMode.CREATE_ONLY ? 'create-only' : 'create-and-update',
            on_conflict: draft.skip ? 'skip' : 'refuse',
            ...(FORMATS.has(draft.format) && { format: FORMATS.get(draft.format) ?? '' }),
          }}
          onCancel={() => setReviewing(false)}
          onDone={(result) => {
            setReviewing(false);
            void preview.refetch();
            if (!source || result.refused > 0 || result.unknown > 0) return;
            const applied = [...new Set([...source.applied, source.part])];
            const next = source.parts.findIndex((_part, at) => !applied.includes(at));
            set({ source: { ...source, applied, part: next < 0 ? source.part : next } });
          }}
        />
      )}
    </>
  );
}
