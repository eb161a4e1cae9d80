import { Fragment } from 'react';
import { ODD_NAME } from './NameText.tsx';
import { escapeText } from '@muster/domain/display';
import { CopyButton } from './CopyButton.tsx';
import { useTip } from './Tooltip.tsx';
import { TrustDomainTag } from './TrustDomainTag.tsx';

const SHAPE = /^spiffe:\/\/([^/]+)(\/.*)?$/s;

/** Lines break before a segment, never within one that would fit. */
const segments = (path: string) =>
  path.split(/(?=\/)/).map((segment, i) => (
    <Fragment key={i}>
      <wbr />
      {segment}
    </Fragment>
  ));

interface Props {
  /** Whole ID; anything else is shown escaped, as it is. */
  id: string;
  copy?: boolean;
  /** Leaves the tag out, where every ID beside it is of one trust domain. */
  bare?: boolean;
  /** All of it, on as many lines as it needs: where a change is confirmed. */
  whole?: boolean;
}

/**
 * Trust domain as a tag, then the path; what does not fit is cut in its middle, the last segment stays.
 * The cut is only drawn, so the text selects, copies and is read out whole.
 */
export function SpiffeIdText({ id, copy, bare, whole: uncut }: Props) {
  const whole = escapeText(id);
  const shape = SHAPE.exec(id);
  const trustDomain = shape?.[1];
  const path = escapeText(shape ? (shape[2] ?? '') : id);
  const cut = path.lastIndexOf('/');
  const tip = (
    <>
      <span className="mono">{whole}</span>
      {whole !== id && <span className="sid-warning">{ODD_NAME}</span>}
    </>
  );
  const { handlers, id: tipId, tip: shown } = useTip({ content: tip, delay: 500 });
  // One element and its parts: a list of a million has two of these a row, and makes them anew as it scrolls.
  const text = (
    <span
      {...handlers}
      className={['sid', whole !== id && 'sid-odd', uncut && 'sid-whole'].filter(Boolean).join(' ')}
      aria-describedby={shown ? tipId : undefined}
    >
      {trustDomain !== undefined && (
        <span className="vh">{bare ? `spiffe://${escapeText(trustDomain)}` : 'spiffe://'}</span>
      )}
      {trustDomain !== undefined && !bare && <TrustDomainTag name={trustDomain} />}
      {cut > 0 && (
        <span className="sid-head">{uncut ? segments(path.slice(0, cut)) : path.slice(0, cut)}</span>
      )}
      {uncut && <wbr />}
      <span className="sid-last">{path.slice(Math.max(cut, 0))}</span>
      {shown}
    </span>
  );
  if (!copy) return text;
  return (
    <span className="sid-line">
      {text}
      <CopyButton text={whole} label="Copy SPIFFE ID" />
    </span>
  );
}
