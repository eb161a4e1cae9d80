import { useEffect, useRef } from 'react';
import { proseText } from '../../components/index.ts';
import { type Refused, refusals } from './documents.ts';
import { plural } from './sheet.ts';
import './RefusedNotice.css';

/** Lines that are listed; more are counted. */
const most = 100;

/** What was given and is not on the bench, each with why. */
export function RefusedNotice({ refused }: { readonly refused: readonly Refused[] }) {
  const [first] = refused;
  const notice = useRef<HTMLDivElement>(null);
  // It stands above what was given, which may be scrolled away.
  useEffect(() => {
    if (refused.length > 0) notice.current?.scrollIntoView?.({ block: 'nearest' });
  }, [refused]);
  if (!first) return null;
  if (refused.length === 1) {
    const { title, text } = refusals[first.reason];
    return (
      <div ref={notice} className="inspect-refused" role="alert">
        <strong>{title}</strong>
        {first.why !== undefined && (
          <p>
            {first.name !== '' && <b>{proseText(first.name)}: </b>}
            {proseText(first.why)}
          </p>
        )}
        <p>{text}</p>
      </div>
    );
  }
  const keys = refused.filter(({ reason }) => reason === 'private-key').length;
  return (
    <div ref={notice} className="inspect-refused" role="alert">
      <strong>{plural(refused.length, 'file')} could not be placed.</strong>
      {keys > 0 && (
        <p>
          {keys === 1 ? 'One holds a private key: it was' : `${keys} hold private keys: they were`} not kept.
        </p>
      )}
      <details className="refused-list" open={refused.length <= 6}>
        <summary>Which, and why</summary>
        <ul>
          {refused.slice(0, most).map((one, index) => (
            <li key={`${index} ${one.name}`}>
              <b>{proseText(one.name)}</b> {proseText(one.why ?? refusals[one.reason].title)}
            </li>
          ))}
        </ul>
        {refused.length > most && <p>and {refused.length - most} more</p>}
      </details>
    </div>
  );
}
