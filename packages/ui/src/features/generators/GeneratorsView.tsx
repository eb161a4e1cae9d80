import type { Entry, GenerateResponse } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import {
  Button,
  EmptyState,
  ErrorState,
  Field,
  Mono,
  Page,
  proseText,
  Select,
  Skeleton,
  SpiffeIdText,
  type SpireServer,
  TextInput,
} from '../../components/index.ts';
import { entryKey } from '../../routes.ts';
import { Files } from './Files.tsx';
import { type Kind, KINDS } from './kinds.ts';
import './generators.css';

interface Props {
  servers: readonly SpireServer[] | undefined;
  connection: string;
  kind: Kind | undefined;
  entryId: string | undefined;
  entry: Entry | undefined;
  entryError: unknown;
  words: string;
  choices: readonly Entry[];
  generated: GenerateResponse | undefined;
  loading: boolean;
  error: unknown;
  /** As typed; what is not typed has the value that the answer says. */
  options: { [name: string]: string };
  onServer: (name: string) => void;
  onKind: (slug: string) => void;
  onWords: (words: string) => void;
  onEntry: (id: string | undefined) => void;
  onOption: (name: string, value: string) => void;
  retry: () => void;
}

/** What to make and for what at the left, the files and what they cannot know at the right. */
export function GeneratorsView(props: Props) {
  const { servers, connection, kind } = props;
  if (!servers)
    return (
      <Page title="Generate" scroll>
        <Skeleton rows={10} />
      </Page>
    );
  return (
    <Page title="Generate">
      <div className="gen">
        <div className="gen-ask stack">
          <Field label="Server">
            <Select
              value={connection}
              onChange={props.onServer}
              options={servers.map((one) => ({
                value: one.name,
                label: `${one.name} · ${one.trustDomain || 'trust domain unknown'}`,
              }))}
            />
          </Field>
          <EntryChoice {...props} />
          <section aria-labelledby="gen-kinds">
            <h2 id="gen-kinds">What to make</h2>
            <ul className="gen-kinds">
              {KINDS.map((one) => (
                <li key={one.slug}>
                  <button
                    type="button"
                    className={one.slug === kind?.slug ? 'gen-kind on' : 'gen-kind'}
                    aria-pressed={one.slug === kind?.slug}
                    onClick={() => props.onKind(one.slug)}
                  >
                    <b>{one.title}</b>
                    <span className="small">{one.what}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        </div>
        <div className="gen-made stack">
          <Made {...props} />
        </div>
      </div>
    </Page>
  );
}

function EntryChoice({ kind, entryId, entry, entryError, words, choices, onWords, onEntry }: Props) {
  if (kind && !kind.needsEntry)
    return <p className="small">{kind.title} is made for the server; no entry is needed.</p>;
  if (entryId)
    return (
      <section className="gen-entry" aria-label="Entry">
        <div className="row">
          <h2>Entry</h2>
          <span className="grow" />
          <Button small variant="quiet" onClick={() => onEntry(undefined)}>
            Choose another
          </Button>
        </div>
        {entry ? (
          <>
            <SpiffeIdText id={entry.spiffeId} copy whole />
            <div className="small">
              {entry.selectors.map(({ type, value }) => (
                <div key={`${type}:${value}`}>
                  <Mono>{`${type}:${value}`}</Mono>
                </div>
              ))}
            </div>
            <Link className="small" to="/entries" search={{ id: entryKey(entry) }}>
              Show the entry
            </Link>
          </>
        ) : entryError ? (
          <ErrorState error={entryError} />
        ) : (
          <Skeleton rows={2} />
        )}
      </section>
    );
  return (
    <section className="gen-entry" aria-label="Entry">
      <Field label="Entry" hint="What it is made for: its ID, selectors, hint and federation are used.">
        <TextInput value={words} placeholder="Search by ID, selector, parent" onChange={onWords} />
      </Field>
      <ul className="gen-choices" aria-label="Entries found">
        {choices.map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => onEntry(one.id)}>
              <SpiffeIdText id={one.spiffeId} />
              <span className="small mono">
                {escapeText(one.selectors.map(({ type, value }) => `${type}:${value}`).join(', '))}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {choices.length === 0 && <p className="small">No entry matches.</p>}
    </section>
  );
}

function Made(props: Props) {
  const { kind, entryId, generated, loading, error, options, onOption, retry } = props;
  if (!kind)
    return (
      <EmptyState title="Configuration from what is there">
        Choose what to make. It is filled in from the server and the entry, checked, and nothing is sent
        anywhere.
      </EmptyState>
    );
  if (kind.needsEntry && !entryId)
    return <EmptyState title="Choose an entry">{kind.title} is made for one registration entry.</EmptyState>;
  if (loading && !generated) return <Skeleton rows={12} />;
  if (!generated) return error ? <ErrorState error={error} retry={retry} /> : null;
  if (generated.unfit)
    return (
      <EmptyState title={`${kind.title} does not fit this entry`}>{proseText(generated.unfit)}</EmptyState>
    );
  return (
    <>
      <p className="small">For {proseText(generated.subject)}.</p>
      {error ? <ErrorState error={error} /> : null}
      <Files key={kind.slug} files={generated.files} stale={Boolean(error)} />
      {generated.notes.length > 0 && (
        <section aria-labelledby="gen-notes">
          <h2 id="gen-notes">What to know</h2>
          <ul className="gen-notes">
            {generated.notes.map((note) => (
              <li key={note}>{proseText(note)}</li>
            ))}
          </ul>
        </section>
      )}
      {generated.options.length > 0 && (
        <section aria-labelledby="gen-options">
          <h2 id="gen-options">Options</h2>
          <div className="gen-options">
            {generated.options.map((option) => (
              <Field key={option.name} label={option.title} hint={option.help}>
                {option.choices.length > 0 ? (
                  <Select
                    value={options[option.name] ?? option.value}
                    onChange={(value) => onOption(option.name, value)}
                    options={option.choices.map((value) => ({ value }))}
                  />
                ) : (
                  <TextInput
                    mono
                    value={options[option.name] ?? option.value}
                    placeholder={option.value}
                    onChange={(value) => onOption(option.name, value)}
                  />
                )}
              </Field>
            ))}
          </div>
        </section>
      )}
    </>
  );
}
