import { escapeText } from '@muster/domain/display';
import { NameText } from './NameText.tsx';
import './SlimNameText.css';

/** A SLIM name on one line. Where there is no room its beginning goes: names of one group differ at their end. */
export function SlimNameText({ name }: { name: string }) {
  const cut = name.lastIndexOf('/');
  return (
    <span className="slim-name mono" title={escapeText(name)}>
      <span className="slim-name-head">{escapeText(name.slice(0, Math.max(0, cut)))}</span>
      <span className="slim-name-last">
        <NameText name={name.slice(Math.max(0, cut))} />
      </span>
    </span>
  );
}
