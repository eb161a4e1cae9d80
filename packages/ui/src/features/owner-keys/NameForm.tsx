import type { OwnerKey } from '@muster/api';
import { useState } from 'react';
import { Field, FormDialog, TextInput } from '../../components/index.ts';
import { aliasProblem } from './words.ts';

interface Props {
  keys: readonly OwnerKey[];
  /** Undefined: a new one is made. */
  renamed: OwnerKey | undefined;
  alias: string;
  onAlias: (alias: string) => void;
  onClose: () => void;
  onReview: () => void;
}

/** A name for a key to be made, or another name for one that is there. */
export function NameForm({ keys, renamed, alias, onAlias, onClose, onReview }: Props) {
  const [tried, setTried] = useState(false);
  const problem = newAliasProblem(keys, alias, renamed);
  return (
    <FormDialog
      title={renamed ? 'Rename the owner key' : 'New owner key'}
      kicker={renamed ? undefined : 'Ed25519, made and kept by this gateway'}
      next="Review"
      onNext={() => {
        setTried(true);
        if (!problem) onReview();
      }}
      onClose={onClose}
    >
      <Field
        label="Name"
        error={tried ? problem : undefined}
        hint="For people: who or what it stands for. Shown beside its did:key everywhere."
      >
        <TextInput value={alias} onChange={onAlias} placeholder="operations" />
      </Field>
    </FormDialog>
  );
}

export function newAliasProblem(
  keys: readonly OwnerKey[],
  alias: string,
  except?: OwnerKey,
): string | undefined {
  const problem = aliasProblem(alias);
  if (problem) return problem;
  if (except?.alias === alias.trim()) return 'It has this name already.';
  return keys.some((key) => key.alias === alias.trim()) ? 'Another key has this name already.' : undefined;
}
