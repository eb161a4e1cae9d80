import type { ExplainResponse } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import {
  Age,
  EmptyState,
  ErrorState,
  Field,
  FilterChip,
  Mono,
  Page,
  Select,
  Skeleton,
  TextInput,
} from '../../components/index.ts';
import { Answer } from './Answer.tsx';
import { EvidenceInput } from './EvidenceInput.tsx';
import type { Chosen } from './reading.ts';
import './why.css';

interface Props {
  servers: readonly { name: string; trustDomain: string }[];
  agents: readonly string[];
  connection: string;
  agent: string;
  expected: string;
  entry: { id: string; spiffeId: string | undefined } | undefined;
  chosen: Chosen;
  /** Why the selectors cannot be used; empty otherwise. */
  problem: string;
  onChoose: (chosen: Chosen) => void;
  onSet: (name: 'connection' | 'agent' | 'expected' | 'entry', value: string | undefined) => void;
  answer: ExplainResponse | undefined;
  loading: boolean;
  error: unknown;
  retry: () => void;
}

/** The question at the left, the answer beside it. */
export function WhyView(props: Props) {
  const { servers, agents, connection, answer, error, loading, chosen, onSet, entry } = props;
  return (
    <Page
      title="Why has this workload no identity?"
      count={answer && <Age freshness={answer.freshness} />}
      footer={
        <span>
          What you paste stays in this page. Only the selectors under it are compared, by the gateway on this
          machine; they are neither kept nor logged.
        </span>
      }
    >
      <div className="why">
        <section className="why-ask" aria-label="The workload">
          <EvidenceInput chosen={chosen} problem={props.problem} onChoose={props.onChoose} />
          <Field label="SPIRE server" hint="The one that the workload’s agent belongs to.">
            <Select
              value={connection}
              onChange={(value) => onSet('connection', value)}
              options={[
                { value: '', label: 'Any that is connected' },
                ...servers.map(({ name, trustDomain }) => ({
                  value: name,
                  label: trustDomain ? `${name} (${trustDomain})` : name,
                })),
              ]}
            />
          </Field>
          <Field label="Agent on its host" optional hint="Each host has its own. Empty: any agent will do.">
            <TextInput
              mono
              list="why-agents"
              value={props.agent}
              onChange={(value) => onSet('agent', value)}
              placeholder="any"
            />
          </Field>
          <datalist id="why-agents">
            {agents.map((id) => (
              <option key={id} value={id} label={escapeText(id)} />
            ))}
          </datalist>
          <Field label="SPIFFE ID it should get" optional>
            <TextInput
              mono
              value={props.expected}
              onChange={(value) => onSet('expected', value)}
              placeholder="any"
            />
          </Field>
          {entry && (
            <div className="row">
              <FilterChip
                label="Entry"
                value={entry.id}
                valueLabel={
                  <>About {entry.spiffeId ? escapeText(entry.spiffeId) : <Mono>{entry.id}</Mono>}</>
                }
                options={[{ value: entry.id }]}
                onChange={() => onSet('entry', undefined)}
              />
            </div>
          )}
        </section>
        <section className="why-answer" aria-label="The answer" aria-busy={loading}>
          {error ? (
            <ErrorState error={error} retry={props.retry} />
          ) : answer ? (
            <Answer answer={answer} selectors={chosen.text} />
          ) : loading ? (
            <Skeleton rows={8} />
          ) : (
            <EmptyState title="What runs, and has no identity?">
              Paste what you have at hand at the left: a line of the agent’s log with{' '}
              <Mono>PID attested to have selectors</Mono>, the output of <Mono>docker inspect</Mono>, a pod or
              Deployment, or the output of <Mono>id</Mono>. You see which entries match, which nearly do and
              why not, and whether an agent serves them.
            </EmptyState>
          )}
        </section>
      </div>
    </Page>
  );
}
