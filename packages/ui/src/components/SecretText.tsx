import { useEffect, useState } from 'react';
import { Button } from './Button.tsx';
import { CopyButton } from './CopyButton.tsx';
import './SecretText.css';

interface Props {
  secret: string;
  /** What it is: "join token". */
  label: string;
  /** What stands around it in a longer text, shown as it is; the secret goes where `around` calls for it. */
  around?: (secret: string) => string;
}

/** Masked again after so long: a screen may be shared, or left. */
const HIDE_MS = 60_000;
const MASK = '••••••••••••';

/** A secret that is told once: masked until asked for, copied by a gesture, and never in the address (S-14). */
export function SecretText({ secret, label, around = (text) => text }: Props) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(false), HIDE_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div className="secret">
      <code className="secret-text" aria-label={shown ? label : `${label}, hidden`}>
        {around(shown ? secret : MASK)}
      </code>
      <span className="row secret-tools">
        <Button small aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide' : 'Show'}
        </Button>
        <CopyButton text={around(secret)} label={`Copy ${label}`} />
      </span>
    </div>
  );
}
