import type { ReachRemedy, ReachResponse } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { useId } from 'react';
import {
  Button,
  EmptyState,
  ErrorState,
  Field,
  Page,
  Select,
  Skeleton,
  TextInput,
  TimeAgo,
} from '../../components/index.ts';
import { ReachAnswer } from './ReachAnswer.tsx';
import { nameProblem } from './words.ts';
import './reach.css';

export interface Asking {
  from: string;
  to: string;
  channel: string;
  cp: string;
}

interface Props {
  asking: Asking;
  onChange: (asking: Asking) => void;
  /** To choose from. */
  names: readonly string[];
  channels: readonly string[];
  planes: readonly string[];
  answer: ReachResponse | undefined;
  /** When it was looked at. */
  at: Date | undefined;
  loading: boolean;
  looking: boolean;
  error: unknown;
  again: () => void;
  onRemedy: (remedy: ReachRemedy) => void;
}

/** The question at the left, the answer beside it. */
export function ReachView(props: Props) {
  const { asking, answer, error, loading, at, onChange } = props;
  return (
    <Page
      title="Why does no message arrive?"
      count={answer && at && <TimeAgo at={at} prefix="looked at" />}
      actions={
        answer && (
          <Button onClick={props.again} busy={props.looking}>
            Look again
          </Button>
        )
      }
      footer={
        <span>
          Nothing is sent: membership, nodes, links and routes are looked at as they are, and the nodes on the
          way are asked what they have.
        </span>
      }
    >
      <div className="reach">
        <Ask {...props} onChange={onChange} />
        <section className="reach-answer" aria-label="The answer" aria-busy={loading}>
          {error ? (
            <ErrorState error={error} retry={props.again} />
          ) : answer ? (
            <ReachAnswer answer={answer} asking={asking} at={at ?? new Date()} onRemedy={props.onRemedy} />
          ) : loading ? (
            <Skeleton rows={8} />
          ) : (
            <EmptyState title="Who does not hear whom?">
              Name who sends and who should hear it, or a channel. You see each thing a message meets on its
              way, in order: who is in the channel and who is there, their nodes, the links between those, the
              routes as the control plane lists them and as the nodes really have them, identity and trust.
              The first thing that is wrong comes with what mends it.
            </EmptyState>
          )}
        </section>
      </div>
    </Page>
  );
}

function Ask({ asking, onChange, names, channels, planes }: Props) {
  const list = useId();
  const set = (next: Partial<Asking>) => onChange({ ...asking, ...next });
  const same = asking.from.trim() !== '' && asking.from.trim() === asking.to.trim();
  return (
    <section className="reach-ask" aria-label="The question">
      <Field
        label="Channel"
        optional
        hint="Empty: from one name to another, by no channel."
        error={nameProblem(asking.channel)}
      >
        <TextInput
          mono
          list={`${list}-channels`}
          value={asking.channel}
          onChange={(channel) => set({ channel })}
          placeholder="org/namespace/channel"
        />
      </Field>
      <Field
        label="Who sends"
        optional={asking.channel !== ''}
        error={nameProblem(asking.from)}
        hint={asking.channel === '' ? undefined : 'Empty: the channel’s moderator.'}
      >
        <TextInput
          mono
          list={`${list}-names`}
          value={asking.from}
          onChange={(from) => set({ from })}
          placeholder="org/namespace/app"
        />
      </Field>
      <div>
        <Button
          small
          variant="quiet"
          onClick={() => set({ from: asking.to, to: asking.from })}
          disabledReason={asking.from === '' && asking.to === '' ? 'No name is given yet.' : undefined}
        >
          ⇅ The other way round
        </Button>
      </div>
      <Field
        label="Who should hear it"
        optional={asking.channel !== ''}
        error={nameProblem(asking.to) ?? (same ? 'It is the same name.' : undefined)}
        hint={asking.channel === '' ? undefined : 'Empty: everyone in the channel.'}
      >
        <TextInput
          mono
          list={`${list}-names`}
          value={asking.to}
          onChange={(to) => set({ to })}
          placeholder="org/namespace/app"
        />
      </Field>
      {planes.length > 1 && (
        <Field label="Control plane">
          <Select
            value={asking.cp}
            onChange={(cp) => set({ cp })}
            options={[
              { value: '', label: 'The one that knows the names' },
              ...planes.map((value) => ({ value })),
            ]}
          />
        </Field>
      )}
      <Choices id={`${list}-names`} values={names} />
      <Choices id={`${list}-channels`} values={channels} />
    </section>
  );
}

/** Most names that a list to choose from draws. */
const MOST = 300;

function Choices({ id, values }: { id: string; values: readonly string[] }) {
  return (
    <datalist id={id}>
      {values.slice(0, MOST).map((value) => (
        <option
          key={value}
          value={value}
          label={escapeText(value) === value ? undefined : escapeText(value)}
        />
      ))}
    </datalist>
  );
}
