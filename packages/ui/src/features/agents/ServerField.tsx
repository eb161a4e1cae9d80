import { Field, Select, type SpireServer } from '../../components/index.ts';

interface Props {
  servers: readonly SpireServer[] | undefined;
  value: string;
  onChange: (name: string) => void;
}

/** Which server is meant; always said, chosen where there are several. */
export function ServerField({ servers, value, onChange }: Props) {
  const found = servers?.find(({ name }) => name === value);
  return (
    <Field label="SPIRE server" hint={found?.problem}>
      <Select
        value={value}
        onChange={onChange}
        options={[
          ...(value ? [] : [{ value: '', label: 'Choose a server' }]),
          ...(servers ?? []).map(({ name, trustDomain }) => ({
            value: name,
            label: trustDomain ? `${name} (${trustDomain})` : name,
          })),
        ]}
      />
    </Field>
  );
}

/** The one there is, or the one of the trust domain in scope; empty where a person must choose. */
export function startServer(
  servers: readonly SpireServer[] | undefined,
  trustDomain: string | undefined,
): string {
  const fit = (servers ?? []).filter((server) => !trustDomain || server.trustDomain === trustDomain);
  return fit.length === 1 ? (fit[0]?.name ?? '') : '';
}
