import { escapeText } from '@muster/domain/display';
import './SpiffeIdText.css';

/** Said wherever a name is not what it may look like (S-12). */
export const ODD_NAME = 'Holds characters outside ASCII, shown as escapes: it may imitate another name.';

/** A name that a server gave: of a connection, a channel, a member. What could deceive is spelled out, and marked. */
export function NameText({ name, mono }: { name: string; mono?: boolean }) {
  const shown = escapeText(name);
  const odd = shown !== name;
  const kind = mono ? 'mono' : undefined;
  if (!odd) return kind ? <span className={kind}>{shown}</span> : shown;
  return (
    <span className={kind ? `${kind} sid-odd` : 'sid-odd'} title={ODD_NAME}>
      {shown}
    </span>
  );
}
