import type { ContextFinding, GetContextResponse, IssuingEntry } from '@muster/api';
import {
  AppLink,
  Button,
  Chip,
  CommandBox,
  ErrorState,
  NameText,
  proseText,
  Skeleton,
  SpiffeIdText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { byTopic, gravest, toneWords } from './context-words.ts';
import type { ContextState } from './use-context.ts';
import './ContextPanel.css';

/** In a card beside the verdict: the sentence, and what should not be missed. */
export function ContextNote({
  state,
  onMore,
}: {
  readonly state: ContextState;
  readonly onMore: () => void;
}) {
  if (state.state === 'none') return null;
  return (
    <section className="card inspect-note context-note" aria-label="Beyond the document">
      <h3>Beyond the document: what this console sees</h3>
      {state.state === 'loading' && <Skeleton rows={1} />}
      {state.state === 'ask' && <AskFirst {...state} />}
      {state.state === 'failed' && <ErrorState error={state.error} retry={state.retry} />}
      {state.state === 'ready' && (
        <>
          <p className="context-summary">
            <ToneChip tone={state.context.tone} />
            <span>{proseText(state.context.summary)}</span>
          </p>
          <Gravest findings={state.context.findings} summary={state.context.summary} />
          <p className="small context-foot">
            <TimeAgo prefix="asked" at={toDate(state.context.at)} />
            <Button small onClick={onMore}>
              Entry, agent, authority and use
            </Button>
          </p>
        </>
      )}
    </section>
  );
}

function Gravest({
  findings,
  summary,
}: {
  readonly findings: readonly ContextFinding[];
  readonly summary: string;
}) {
  const more = gravest(findings).filter(({ title }) => !summary.startsWith(title));
  if (more.length === 0) return null;
  return (
    <ul className="context-gravest">
      {more.map((one, index) => (
        <li key={`${one.code} ${one.connection} ${index}`}>
          <ToneChip tone={one.tone} />
          <span>{proseText(one.title)}</span>
        </li>
      ))}
    </ul>
  );
}

function AskFirst({ told, ask }: Extract<ContextState, { state: 'ask' }>) {
  return (
    <div className="context-ask">
      <p className="small">
        This gateway runs on another machine, so that nothing of the document has been sent to it. It would be
        told: {told.join(', ')}. Never the document, a token or a key.
      </p>
      <Button small onClick={ask}>
        Ask what this console knows
      </Button>
    </div>
  );
}

function ToneChip({ tone }: { readonly tone: ContextFinding['tone'] }) {
  const words = toneWords(tone);
  return (
    <Chip tone={words.tone} reason={words.reason}>
      {words.word}
    </Chip>
  );
}

/** Everything that this console's servers know of the document; none of it is part of the verdict. */
export function ContextPanel({ state }: { readonly state: ContextState }) {
  switch (state.state) {
    case 'none':
      return <p className="context-none">{state.reason}</p>;
    case 'ask':
      return <AskFirst {...state} />;
    case 'loading':
      return <Skeleton rows={8} />;
    case 'failed':
      return <ErrorState error={state.error} retry={state.retry} />;
    case 'ready':
      return <Whole context={state.context} told={state.told} />;
  }
}

function Whole({
  context,
  told,
}: {
  readonly context: GetContextResponse;
  readonly told: readonly string[];
}) {
  return (
    <div className="context">
      <p className="small context-lead">
        <TimeAgo prefix="Asked" at={toDate(context.at)} />: what the servers connected to this console say. It
        is no part of the verdict, which rests on the document and the specifications alone. The gateway was
        told {told.join(', ')}, and not the document.
      </p>
      {byTopic(context.findings).map(({ name, findings }) => (
        <section key={name} aria-label={name}>
          <h3>{name}</h3>
          <ul className="context-findings">
            {findings.map((one, index) => (
              <Finding key={`${one.code} ${one.connection} ${index}`} finding={one} />
            ))}
          </ul>
          {name === 'Registration entry' && <Entries entries={context.entries} />}
          {name === 'Registration entry' && <Gone context={context} />}
        </section>
      ))}
      {context.command && <CommandBox command={context.command} />}
    </div>
  );
}

function Finding({ finding }: { readonly finding: ContextFinding }) {
  const { tone, title, text, links, connection, asOf } = finding;
  return (
    <li>
      <ToneChip tone={tone} />
      <div>
        <strong>{proseText(title)}</strong>
        <p>{proseText(text)}</p>
        {(connection !== '' || links.length > 0) && (
          <p className="small context-by">
            {connection !== '' && (
              <span>
                by <NameText name={connection} />
                {asOf && (
                  <>
                    , <TimeAgo at={toDate(asOf)} />
                  </>
                )}
              </span>
            )}
            {links.map(({ text: words, link }) => (
              <AppLink key={link + words} link={link}>
                {proseText(words)}
              </AppLink>
            ))}
          </p>
        )}
      </div>
    </li>
  );
}

function Entries({ entries }: { readonly entries: readonly IssuingEntry[] }) {
  // One is told whole by its finding.
  if (entries.length < 2) return null;
  return (
    <div className="context-table">
      <table>
        <caption className="small">Entries of this SPIFFE ID</caption>
        <thead>
          <tr>
            <th scope="col">Entry</th>
            <th scope="col">Parent</th>
            <th scope="col">Could have issued it</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ entry, couldIssue, reason }) =>
            entry ? (
              <tr key={`${entry.connection}/${entry.id}`}>
                <td>
                  <AppLink
                    link={`/entries?${new URLSearchParams({ id: `${entry.connection}/${entry.id}` }).toString()}`}
                  >
                    <span className="mono">{proseText(entry.id)}</span>
                  </AppLink>
                </td>
                <td>
                  <SpiffeIdText id={entry.parentId} />
                </td>
                <td>{couldIssue ? 'yes' : proseText(reason)}</td>
              </tr>
            ) : null,
          )}
        </tbody>
      </table>
    </div>
  );
}

function Gone({ context }: { readonly context: GetContextResponse }) {
  if (context.gone.length === 0) return null;
  return (
    <div className="context-table">
      <table>
        <caption className="small">Entries of this SPIFFE ID that were deleted</caption>
        <thead>
          <tr>
            <th scope="col">Entry</th>
            <th scope="col">Seen gone</th>
            <th scope="col">By whom</th>
          </tr>
        </thead>
        <tbody>
          {context.gone.map((change) => (
            <tr key={String(change.id)}>
              <td>
                <AppLink link={`/history?${new URLSearchParams({ target: change.entryId }).toString()}`}>
                  <span className="mono">{proseText(change.entryId)}</span>
                </AppLink>
              </td>
              <td>
                <TimeAgo at={toDate(change.seenAt)} />
              </td>
              <td>{proseText(change.origin)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
