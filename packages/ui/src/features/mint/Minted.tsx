import { ItemOutcome, type ItemResult } from '@muster/api';
import { useState } from 'react';
import { Button, CopyButton, errorWords, saveText } from '../../components/index.ts';
import type { SealedKey } from './sealed-key.ts';
import { fileName } from './fileName.ts';
import { useForget } from './useForget.ts';

const PEM = 'application/x-pem-file';

interface Props {
  items: readonly ItemResult[];
  spiffeId: string;
  /** Of an X.509-SVID. */
  sealed: SealedKey | undefined;
  /** PEM; undefined while it is not read. */
  bundle: string | undefined;
  onForget: () => void;
  /** Leads to the inspector with it. */
  onInspect: (text: string) => void;
}

/** Seconds without use after which it is gone. A token is as good as its owner; a key takes a moment to save. */
const KEEP = { jwt: 60, x509: 300 } as const;

/** What was made, in this window only: to save, to look at, and then gone. */
export function Minted({ items, spiffeId, sealed, bundle, onForget, onInspect }: Props) {
  const left = useForget(KEEP[sealed ? 'x509' : 'jwt'], onForget);
  const made = items.find(({ outcome }) => outcome === ItemOutcome.DONE);
  if (!made) return null;
  return (
    <div className="stack mint-made">
      <p role="note">
        <b>{sealed ? 'The key is in this window only.' : 'The token is in this window only.'}</b> Closing this
        forgets it
        {left <= 30 ? `, and so do ${left} s more without use.` : ', and so does a while without use.'}
      </p>
      {sealed ? (
        <Files chain={made.document} {...{ sealed, bundle }} name={fileName(spiffeId)} />
      ) : (
        <div className="row">
          <Button onClick={() => saveText(`${fileName(spiffeId)}.jwt`, 'text/plain', made.secret)}>
            Save as a file
          </Button>
        </div>
      )}
      <div className="row">
        <Button variant="quiet" onClick={() => onInspect(sealed ? made.document : made.secret)}>
          Look at it in the inspector
        </Button>
        {sealed && <CopyButton text={made.document} label="Copy the certificates" />}
      </div>
    </div>
  );
}

interface FilesProps {
  chain: string;
  sealed: SealedKey;
  bundle: string | undefined;
  name: string;
}

function Files({ chain, sealed, bundle, name }: FilesProps) {
  const [problem, setProblem] = useState<string>();
  const withKey = async (file: string, around: (key: string) => string) => {
    try {
      saveText(file, PEM, around(await sealed.reveal()));
      setProblem(undefined);
    } catch (error) {
      setProblem(errorWords(error).why);
    }
  };
  const noBundle = bundle === undefined ? 'The server’s authorities are still being read.' : undefined;
  return (
    <>
      <ul className="mint-files">
        <li>
          <Button variant="primary" onClick={() => void withKey(`${name}-key.pem`, (key) => key)}>
            Save the key
          </Button>
          <span className="small">
            <code>{name}-key.pem</code>, {sealed.kind}, PKCS#8. Give the file to its owner only (mode 600).
          </span>
        </li>
        <li>
          <Button onClick={() => saveText(`${name}.pem`, PEM, chain)}>Save the certificate</Button>
          <span className="small">
            <code>{name}.pem</code>: leaf, then intermediates
          </span>
        </li>
        <li>
          <Button disabledReason={noBundle} onClick={() => saveText(`${name}-bundle.pem`, PEM, bundle ?? '')}>
            Save the bundle
          </Button>
          <span className="small">
            <code>{name}-bundle.pem</code>: by which its holder judges others
          </span>
        </li>
        <li>
          <Button
            disabledReason={noBundle}
            onClick={() => void withKey(`${name}-all.pem`, (key) => key + chain + (bundle ?? ''))}
          >
            Save all in one file
          </Button>
          <span className="small">
            <code>{name}-all.pem</code>: key, certificates, bundle
          </span>
        </li>
      </ul>
      {problem && <p role="alert">{problem}</p>}
    </>
  );
}
