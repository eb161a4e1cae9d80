import type { NearestSigner, NearKey } from '@muster/domain';
import { Chip, CopyButton, TrustDomainTag } from '../../components/index.ts';
import { placeWords, signerTitle } from './signer.ts';
import './SignerPanel.css';

/**
 * Which key of which bundle signed the document; when none did, which come nearest, and what was compared to know that. Where all is
 * well it is one line.
 */
export function SignerPanel({ signer }: { readonly signer: NearestSigner }) {
  const { tone, title } = signerTitle(signer);
  const [first] = signer.keys;
  return (
    <details
      className="inspect-signer"
      aria-label="Who signed it"
      role="group"
      data-tone={tone}
      open={tone !== 'ok'}
    >
      <summary>
        <b>{title}</b> {tone === 'ok' && first && <span>{first.words}</span>}
      </summary>
      {signer.keys.length > 0 && (
        <ul className="inspect-signer-keys">
          {signer.keys.map((key, index) => (
            <Key key={`${key.fingerprint ?? key.keyId ?? ''} ${index}`} near={key} told={tone === 'ok'} />
          ))}
        </ul>
      )}
      <p className="small">{signer.compared}</p>
    </details>
  );
}

const relations = {
  signed: { tone: 'ok', label: 'signed it', reason: 'The signature verifies with this key.' },
  'key-id': {
    tone: 'warn',
    label: 'same key id',
    reason: 'The document names this key, and its signature does not verify with it.',
  },
  name: { tone: 'unknown', label: 'same name', reason: 'Only the name of the issuer is the same.' },
} as const;

function Key({ near, told }: { readonly near: NearKey; readonly told: boolean }) {
  const { tone, label, reason } = relations[near.relation];
  return (
    <li>
      <div className="row">
        <Chip tone={tone} reason={reason}>
          {label}
        </Chip>
        <span>{near.keyType}</span>
        {near.keyId !== undefined && (
          <span className="inspect-signer-id mono" title={near.keyId}>
            {near.keyId}
          </span>
        )}
        {near.name !== undefined && near.name !== '' && <span className="mono">{near.name}</span>}
      </div>
      {!told && <p>{near.words}</p>}
      <ul className="inspect-signer-places small">
        {near.places.map((place, index) => (
          <li key={`${place.trustDomain} ${index}`}>
            <TrustDomainTag name={place.trustDomain} /> {placeWords(place)}
          </li>
        ))}
      </ul>
      {near.fingerprint !== undefined && (
        <div className="inspect-signer-print small">
          <span>SHA-256</span>
          <span className="mono">{near.fingerprint}</span>
          <CopyButton text={near.fingerprint} label="Copy the key’s fingerprint" />
        </div>
      )}
    </li>
  );
}
