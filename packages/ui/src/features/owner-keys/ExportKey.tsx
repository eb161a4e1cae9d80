import type { OwnerKey } from '@muster/api';
import { useState } from 'react';
import {
  errorWords,
  Field,
  FormDialog,
  NameText,
  saveText,
  TextInput,
  useToast,
} from '../../components/index.ts';
import { useExport } from './queries.ts';
import { fileName } from './words.ts';

interface Props {
  ownerKey: OwnerKey;
  onClose: () => void;
}

const SHORTEST = 12;

/** Saves the key, encrypted by a passphrase that is typed twice and kept nowhere. */
export function ExportKey({ ownerKey, onClose }: Props) {
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const toast = useToast();
  const exporting = useExport();
  const short = [...passphrase].length < SHORTEST ? `At least ${SHORTEST} characters are needed.` : undefined;
  const other = passphrase === again ? undefined : 'The two differ.';
  const save = () => {
    setTried(true);
    if (short ?? other) return;
    exporting.mutate(
      { did: ownerKey.did, passphrase },
      {
        onSuccess: ({ pem }) => {
          saveText(`${fileName(ownerKey.alias)}.pem`, 'application/x-pem-file', pem);
          exporting.reset();
          toast('The key was saved, encrypted. That it was exported is on the record.');
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title="Export the owner key"
      kicker={<NameText name={ownerKey.alias} />}
      next="Save the file"
      busy={exporting.isPending}
      onNext={save}
      onClose={onClose}
    >
      <p className="small">
        The file holds the private key, encrypted by a passphrase (PKCS#8, AES-256). Whoever has both owns
        what it owns. Muster keeps neither, and cannot find out a passphrase that was forgotten.
      </p>
      {exporting.error && (
        <p className="owner-keys-locked" role="alert">
          {errorWords(exporting.error).why}
        </p>
      )}
      <Field
        label="Passphrase"
        error={tried ? short : undefined}
        hint="At least 12 characters; several words are easier to keep than signs."
      >
        <TextInput type="password" autoComplete="new-password" value={passphrase} onChange={setPassphrase} />
      </Field>
      <Field label="Again" error={tried && !short ? other : undefined}>
        <TextInput type="password" autoComplete="new-password" value={again} onChange={setAgain} />
      </Field>
    </FormDialog>
  );
}
