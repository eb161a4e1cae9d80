import { SignedField } from './SignedField.tsx';

/** Chosen instead of a key: the request was signed where the key is. */
export const SIGNED = 'signed';
export const SIGNED_LABEL = 'a request that was signed elsewhere';

/** Undefined: it is there; what is in it, the gateway reads. */
export const requestProblem = (request: string): string | undefined =>
  request.trim() === '' ? 'The request that was signed is needed.' : undefined;

interface Props {
  readonly verb: 'create' | 'delete';
  readonly value: string;
  readonly onChange: (request: string) => void;
  readonly touched?: boolean;
}

/** A request to the channel manager that was signed where the owner’s or operator’s key is. */
export function RequestField({ verb, value, onChange, touched = false }: Props) {
  return (
    <SignedField
      label="Signed request"
      what="request"
      before={`The JSON that was signed to ${verb} this channel, as slimctl --signed-request-file takes it`}
      after={
        verb === 'create'
          ? ' It says whose the channel is, whether it is encrypted, and how long it lives.'
          : ' It is good for this channel at this manager, until the time in it.'
      }
      placeholder={
        verb === 'create' ? '{"channel":…,"owner":…,"signature":…}' : '{"channel":…,"signature":…}'
      }
      error={touched ? requestProblem(value) : undefined}
      value={value}
      onChange={onChange}
    />
  );
}
