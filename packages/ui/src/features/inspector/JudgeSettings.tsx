import { Field, Select, TextInput } from '../../components/index.ts';
import { momentOf, type Workbench } from './workbench.ts';

export interface JudgeSettingsProps {
  readonly bench: Workbench;
  readonly onSet: (values: Partial<Pick<Workbench, 'audience' | 'trustDomain' | 'moment'>>) => void;
}

const anyTime = new Date(0);

/** The verifier that is asked: for whom, where, and when. */
export function JudgeSettings({ bench, onSet }: JudgeSettingsProps) {
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
              moment:
                mode === 'now'
                  ? { mode: 'now' }
                  : { mode: 'chosen', text: new Date().toISOString().slice(0, 19) },
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
