import { Field, TextInput } from '../../components/index.ts';
import './session.css';

export interface Settings {
  readonly retries: string;
  readonly seconds: string;
}

/** What SLIM's own tutorial gives a session. */
export const TUTORIAL: Settings = { retries: '5', seconds: '5' };

/** The settings as the action takes them; a text says which of the two is wrong. */
export function settingsOf({
  retries,
  seconds,
}: Settings):
  | { readonly max_retries: number; readonly interval_ms: number }
  | { readonly field: 'retries' | 'seconds'; readonly problem: string } {
  const max_retries = Number(retries);
  if (!/^\d+$/u.test(retries.trim()) || max_retries < 1 || max_retries > 10)
    return { field: 'retries', problem: 'From 1 to 10.' };
  const interval_ms = Math.round(Number(seconds) * 1000);
  if (seconds.trim() === '' || !(interval_ms >= 100 && interval_ms <= 10_000))
    return { field: 'seconds', problem: 'From 0.1 to 10 seconds.' };
  return { max_retries, interval_ms };
}

export interface SessionSettingsProps {
  readonly value: Settings;
  readonly touched: boolean;
  readonly onChange: (value: Settings) => void;
}

/** How patient a session of our own is with its members; it cannot be changed later. */
export function SessionSettings({ value, touched, onChange }: SessionSettingsProps) {
  const read = settingsOf(value);
  const problem = 'problem' in read && touched ? read : undefined;
  const given = 'problem' in read ? undefined : ((read.max_retries + 1) * read.interval_ms) / 1000;
  return (
    <>
      <div className="session-settings">
        <Field label="Retries" error={problem?.field === 'retries' ? problem.problem : undefined}>
          <TextInput value={value.retries} onChange={(retries) => onChange({ ...value, retries })} mono />
        </Field>
        <Field label="Seconds apart" error={problem?.field === 'seconds' ? problem.problem : undefined}>
          <TextInput value={value.seconds} onChange={(seconds) => onChange({ ...value, seconds })} mono />
        </Field>
      </div>
      {given !== undefined && (
        <span className="session-note">
          A member that does not answer counts as absent after {given} s. This cannot be changed later.
        </span>
      )}
    </>
  );
}
