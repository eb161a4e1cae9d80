import { Field, formatSeconds, TextInput } from '../../components/index.ts';

interface Props {
  label: string;
  /** Seconds as text; empty is the server's default. */
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
  onLeave: () => void;
}

export function TtlInput({ label, value, error, onChange, onLeave }: Props) {
  const seconds = Number(value);
  const hint =
    value && !error && Number.isInteger(seconds) && seconds > 0
      ? `${formatSeconds(seconds)}`
      : 'Seconds; empty: the server’s default.';
  return (
    <Field label={label} optional hint={hint} error={error}>
      <TextInput
        inputMode="numeric"
        value={value}
        placeholder="default"
        onChange={onChange}
        onBlur={onLeave}
      />
    </Field>
  );
}
