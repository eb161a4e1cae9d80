import { use, useState } from 'react';
import type { GetContextResponse } from '@muster/api';
import type { Judgement } from '@muster/domain';
import { ConsoleContext } from '../../session/SessionContext.ts';
import { contextFacts, onThisMachine } from './context-facts.ts';
import { keyFindings } from './context-keys.ts';
import { useSvidContext } from './queries.ts';

/** What this console knows of the document, or why it is not there. */
export type ContextState =
  | { readonly state: 'none'; readonly reason: string }
  /** The gateway is on another machine: a person says that it may be asked. */
  | { readonly state: 'ask'; readonly told: readonly string[]; readonly ask: () => void }
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void }
  | { readonly state: 'ready'; readonly context: GetContextResponse; readonly told: readonly string[] };

export function useContextOf(judgement: Judgement): ContextState {
  const gateway = use(ConsoleContext)?.platform.gateway;
  const [asked, setAsked] = useState(false);
  const facts = contextFacts(judgement);
  const may = asked || onThisMachine(gateway);
  const query = useSvidContext(facts.ask && may ? facts.request : undefined);
  if (!facts.ask) return { state: 'none', reason: facts.reason };
  if (!may) return { state: 'ask', told: facts.told, ask: () => setAsked(true) };
  if (query.data) {
    // What the document itself shows stands with what servers say of it.
    const findings = [...query.data.findings, ...keyFindings(judgement.decoded)];
    return { state: 'ready', context: { ...query.data, findings }, told: facts.told };
  }
  if (query.error) return { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}
