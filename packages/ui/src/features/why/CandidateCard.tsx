import { escapeText } from '@muster/domain/display';
import {
  type Candidate,
  type ChainStep,
  ChainStepKind,
  type SelectorMatch,
  SelectorVerdict,
} from '@muster/api';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Chip, Mono, proseText, SpiffeIdText, type Tone } from '../../components/index.ts';
import { entryKey } from '../../routes.ts';

const VERDICT = new Map<SelectorVerdict, { tone: Tone; word: string }>([
  [SelectorVerdict.MATCHES, { tone: 'ok', word: 'matches' }],
  [SelectorVerdict.MISSING, { tone: 'bad', word: 'missing' }],
  [SelectorVerdict.VALUE_DIFFERS, { tone: 'bad', word: 'other value' }],
  [SelectorVerdict.CASE_DIFFERS, { tone: 'warn', word: 'other case' }],
  [SelectorVerdict.UNKNOWN_KEY, { tone: 'bad', word: 'no such key' }],
  [SelectorVerdict.CANNOT_TELL, { tone: 'unknown', word: 'cannot tell' }],
  [SelectorVerdict.NODE_ONLY, { tone: 'bad', word: 'of nodes only' }],
]);

const STEP = new Map<ChainStepKind, string>([
  [ChainStepKind.AGENT, 'agent'],
  [ChainStepKind.ALIAS, 'alias of nodes'],
  [ChainStepKind.ENTRY, 'entry'],
  [ChainStepKind.NOTHING, 'nothing'],
]);

interface Props {
  candidate: Candidate;
  open: boolean;
  /** No workload is held against it. */
  alone?: boolean;
}

/** One entry: each selector against the workload, and the way from its parent to an agent. */
export function CandidateCard({ candidate, open: initially, alone = false }: Props) {
  const [open, setOpen] = useState(initially);
  const { entry } = candidate;
  if (!entry) return null;
  const served = candidate.chain.length > 0 && candidate.chain.every(({ ok }) => ok);
  const state = alone
    ? served
      ? ({ tone: 'ok', word: 'reaches an agent' } as const)
      : ({ tone: 'bad', word: 'reaches no agent' } as const)
    : candidate.issued
      ? ({ tone: 'ok', word: 'issued' } as const)
      : candidate.matches
        ? ({ tone: 'bad', word: 'not issued' } as const)
        : candidate.mayMatch
          ? ({ tone: 'unknown', word: 'cannot tell' } as const)
          : ({ tone: 'warn', word: 'near miss' } as const);
  return (
    <article className="why-card">
      <header>
        <button type="button" className="why-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span aria-hidden="true">{open ? '▾' : '▸'}</span>
          <span className="vh">{open ? 'Hide details of ' : 'Show details of '}</span>
          <SpiffeIdText id={entry.spiffeId} />
        </button>
        <Chip tone={state.tone} reason={proseText(candidate.verdict)}>
          {state.word}
        </Chip>
        <span className="grow" />
        <Link className="small" to="/entries" search={{ id: entryKey(entry) }}>
          Show the entry
        </Link>
      </header>
      <p className="small">{proseText(candidate.verdict)}</p>
      {open && (
        <>
          <table className="why-selectors-table">
            <thead>
              <tr>
                <th scope="col">The entry wants</th>
                {!alone && <th scope="col">The workload</th>}
              </tr>
            </thead>
            <tbody>
              {candidate.selectors.map((match) => (
                <SelectorRow
                  key={`${match.wanted?.type}:${match.wanted?.value}`}
                  match={match}
                  alone={alone}
                />
              ))}
            </tbody>
          </table>
          <Chain steps={candidate.chain} parent={entry.parentId} />
        </>
      )}
    </article>
  );
}

function SelectorRow({ match, alone }: { match: SelectorMatch; alone: boolean }) {
  const verdict = VERDICT.get(match.verdict) ?? { tone: 'unknown' as const, word: 'unknown' };
  return (
    <tr>
      <td>
        <Mono>{`${match.wanted?.type}:${match.wanted?.value}`}</Mono>
      </td>
      {!alone && (
        <td>
          <Chip
            tone={verdict.tone}
            reason={match.text ? proseText(match.text) : 'The workload has exactly this selector.'}
          >
            {verdict.word}
          </Chip>{' '}
          {match.text && <span className="small">{proseText(match.text)}</span>}
        </td>
      )}
    </tr>
  );
}

/** From the entry's parent to an agent, as a picture whose words are the table of the same facts. */
function Chain({ steps, parent }: { steps: readonly ChainStep[]; parent: string }) {
  if (steps.length === 0) return null;
  return (
    <ol className="why-chain" aria-label={`How ${escapeText(parent)} reaches an agent`}>
      {steps.map((step, index) => (
        <li key={`${index} ${step.id}`} className={step.ok ? 'ok' : 'bad'}>
          <span className="why-chain-kind">
            {index === 0 ? `parent, ${STEP.get(step.kind) ?? ''}` : STEP.get(step.kind)}
          </span>
          <span className="why-chain-id">
            <SpiffeIdText id={step.id} />
            {step.agent ? (
              <Link className="small" to="/agents" search={{ id: step.agent.id }}>
                Show
              </Link>
            ) : step.entryKey ? (
              <Link className="small" to="/entries" search={{ id: step.entryKey }}>
                Show
              </Link>
            ) : null}
          </span>
          <span className="small">{proseText(step.text)}</span>
        </li>
      ))}
    </ol>
  );
}
