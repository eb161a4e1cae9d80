import { useState } from 'react';
import { Button, CopyButton } from '../../components/index.ts';
import { escapeText } from '@muster/domain';
import { shownParts } from './secrets.ts';

/** A token as text, without its signature. Copying the whole of it takes two steps. */
export function TokenText({ token }: { readonly token: string }) {
  const [asked, setAsked] = useState(false);
  const parts = shownParts(token);
  return (
    <div className="inspect-token">
      <div className="inspect-token-text">
        {parts ? (
          <>
            <span className="inspect-token-header">{cut(parts.header)}</span>.
            <span className="inspect-token-payload">{cut(parts.payload)}</span>.
          </>
        ) : null}
        <span>•••••••• {parts ? 'signature hidden' : 'hidden: not three parts'}</span>
      </div>
      {asked ? (
        <div className="inspect-token-copy">
          <span className="small">Whoever holds the whole text can act as its subject.</span>
          <span className="row">
            <CopyButton text={token} label="Copy the whole token" />
            <Button variant="quiet" small onClick={() => setAsked(false)}>
              Do not copy
            </Button>
          </span>
        </div>
      ) : (
        <Button variant="quiet" small onClick={() => setAsked(true)}>
          Copy token…
        </Button>
      )}
    </div>
  );
}

function cut(part: string): string {
  const text = escapeText(part);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
