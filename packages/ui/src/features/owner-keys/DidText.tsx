import { escapeText } from '@muster/domain/display';
import { CopyButton } from '../../components/index.ts';
import { shortDid } from './words.ts';

/** A did:key on one line; the whole is in its title, and copied. */
export function DidText({ did, whole }: { did: string; whole?: boolean }) {
  const shown = escapeText(did);
  return (
    <span className={whole ? 'did did-whole' : 'did'}>
      <span className="mono" title={shown}>
        {whole ? shown : shortDid(shown)}
      </span>
      <CopyButton text={did} label="Copy did:key" />
    </span>
  );
}
