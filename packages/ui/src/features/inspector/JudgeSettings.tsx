import { Field, Select, TextInput } from '../../components/index.ts';
import type { Validity } from './validity.ts';
import { momentOf, type Workbench } from './workbench.ts';
import './JudgeSettings.css';

export interface JudgeSettingsProps {
  readonly bench: Workbench;
  /** Of the document that is judged: its ends are the moments that a reviewer asks about. */
  readonly validity: Validity | undefined;
  readonly onSet: (values: Partial<Pick<Workbench, 'audience' | 'trustDomain' | 'moment'>>) => void;
}

const anyTime = new Date(0);

/** The verifier that is asked: for whom, where, and when. */
export function JudgeSettings({ bench, validity, onSet }: JudgeSettingsProps) {
  const { moment } = bench;
  const wrong = moment.mode === 'chosen' && momentOf(moment, anyTime) === undefined;
  return (
    <section className="stack" aria-label="The verifier">
      <h3>As this verifier</h3>
      <Field label="Evaluated at" error={wrong ? 'That is not a moment.' : undefined}>
        <Select
          value={moment.mode}
          onChange={(mode) =>
            onSet({
              moment: mode === 'now' ? { mode: 'now' } : { mode: 'chosen', text: momentText(new Date()) },
            })
          }
          options={[
            { value: 'now', label: 'now' },
            { value: 'chosen', label: 'a chosen moment' },
          ]}
        />
      </Field>
      {moment.mode === 'chosen' && (
        <Field label="Moment, UTC">
          <TextInput
            type="datetime-local"
            step={1}
            value={moment.text}
            onChange={(text) => onSet({ moment: { mode: 'chosen', text } })}
          />
        </Field>
      )}
      {validity && (
        <div className="row inspect-moments" role="group" aria-label="Moments of its validity">
          {momentsOf(validity).map(({ label, at }) => (
            <button
              key={label}
              type="button"
              aria-pressed={moment.mode === 'chosen' && moment.text === momentText(at)}
              title={`${momentText(at).replace('T', ' ')} UTC`}
              onClick={() => onSet({ moment: { mode: 'chosen', text: momentText(at) } })}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      <Field label="Its audience" hint="For tokens: the name by which the verifier knows itself." optional>
        <TextInput
          value={bench.audience}
          onChange={(audience) => onSet({ audience })}
          placeholder="slim-demo"
          mono
        />
      </Field>
      <Field label="Its trust domain" hint="Documents of another one need that one’s bundle." optional>
        <TextInput
          value={bench.trustDomain}
          onChange={(trustDomain) => onSet({ trustDomain })}
          placeholder="org-a.test"
          mono
        />
      </Field>
    </section>
  );
}

function momentText(at: Date): string {
  return at.toISOString().slice(0, 19);
}

/** Where the verdict may turn: whole seconds, as both kinds of SVID have them. */
function momentsOf({ notBefore, notAfter }: Validity) {
  const after = (date: Date, seconds: number) => new Date(date.getTime() + seconds * 1000);
  return [
    { label: 'as it begins', at: notBefore },
    { label: 'just before its end', at: after(notAfter, -1) },
    { label: 'just after', at: after(notAfter, 1) },
  ].filter(({ at }) => !Number.isNaN(at.getTime()) && Math.abs(at.getFullYear() - 5000) < 4999);
}
