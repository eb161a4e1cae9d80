import type { OwnerKey } from '@muster/api';
import { type ChangeEvent, type DragEvent, useState } from 'react';
import { Field, FormDialog, TextInput } from '../../components/index.ts';
import { newAliasProblem } from './NameForm.tsx';

interface Props {
  keys: readonly OwnerKey[];
  onClose: () => void;
  onReview: (input: { alias: string; pem: string; passphrase?: string }) => void;
}

const MOST = 16 * 1024;

/** A key that was made elsewhere: its PEM, and the passphrase where it is encrypted. Kept in this window only until it is sent. */
export function ImportForm({ keys, onClose, onReview }: Props) {
  const [alias, setAlias] = useState('');
  const [pem, setPem] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [tried, setTried] = useState(false);
  const [unread, setUnread] = useState<string>();
  const encrypted = pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----');
  const problems = {
    alias: newAliasProblem(keys, alias),
    pem: pemProblem(pem),
    passphrase:
      encrypted && passphrase === '' ? 'The key is encrypted: its passphrase is needed.' : undefined,
  };
  const take = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > MOST) setUnread('The file is longer than a private key.');
    else {
      setPem(await file.text());
      setUnread(undefined);
    }
  };
  return (
    <FormDialog
      title="Import an owner key"
      kicker="Ed25519 as PKCS#8 PEM, as slimctl and openssl have it"
      next="Review"
      onNext={() => {
        setTried(true);
        if (!Object.values(problems).some(Boolean))
          onReview({ alias: alias.trim(), pem, ...(encrypted ? { passphrase } : {}) });
      }}
      onClose={onClose}
    >
      <Field
        label="Private key"
        error={unread ?? (tried ? problems.pem : undefined)}
        hint={
          <>
            Paste it, drop the file here, or{' '}
            <label className="owner-keys-file">
              choose a file
              <input
                type="file"
                className="vh"
                aria-label="Choose a key file"
                accept=".pem,.key,application/x-pem-file"
                onChange={(event: ChangeEvent<HTMLInputElement>) => void take(event.target.files?.[0])}
              />
            </label>
            . It goes to this gateway, which encrypts it, and nowhere else.
          </>
        }
      >
        <textarea
          className="input input-mono owner-keys-pem"
          aria-label="Private key"
          rows={5}
          spellCheck={false}
          autoComplete="off"
          maxLength={MOST}
          placeholder={'-----BEGIN PRIVATE KEY-----'}
          value={pem}
          onChange={(event) => setPem(event.target.value)}
          onDragOver={(event: DragEvent) => event.preventDefault()}
          onDrop={(event: DragEvent) => {
            event.preventDefault();
            void take(event.dataTransfer.files[0]);
          }}
        />
      </Field>
      {encrypted && (
        <Field label="Its passphrase" error={tried ? problems.passphrase : undefined}>
          <TextInput type="password" autoComplete="off" value={passphrase} onChange={setPassphrase} />
        </Field>
      )}
      <Field
        label="Name"
        error={tried ? problems.alias : undefined}
        hint="For people: who or what it stands for."
      >
        <TextInput value={alias} onChange={setAlias} placeholder="operations" />
      </Field>
    </FormDialog>
  );
}

function pemProblem(pem: string): string | undefined {
  if (pem.trim() === '') return 'A private key is needed.';
  if (/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/u.test(pem)) return undefined;
  return pem.includes('-----BEGIN ')
    ? 'It is another kind of PEM. A PKCS#8 key begins with -----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----.'
    : 'It is not PEM: it begins with -----BEGIN PRIVATE KEY-----.';
}
