import type { Decoded, DecodedBundle, DecodedBundleKey } from '@muster/domain';
import { useState } from 'react';
import { Button, Chip, CopyButton, Tabs, TrustDomainTag, ValidityBar } from '../../components/index.ts';
import { validityBetween } from './validity.ts';

type BundleDecoded = Extract<Decoded, { type: 'bundle' | 'bundle-map' }>;

/** The keys of a bundle, or of each bundle of a map. */
export function BundleKeys({ decoded, at }: { readonly decoded: BundleDecoded; readonly at: Date }) {
  if (decoded.type === 'bundle') return <OneBundle bundle={decoded} at={at} />;
  return (
    <>
      {decoded.bundles.map((bundle) => (
        <section key={bundle.trustDomain}>
          <h3 className="inspect-bundle-title">
            <TrustDomainTag name={bundle.trustDomain} />
          </h3>
          <OneBundle bundle={bundle} at={at} />
        </section>
      ))}
    </>
  );
}

const uses = [
  { id: 'x509-svid', label: 'X.509 authorities' },
  { id: 'jwt-svid', label: 'JWT authorities' },
  { id: 'wit-svid', label: 'WIT authorities' },
  { id: 'other', label: 'Ignored' },
] as const;
type Use = (typeof uses)[number]['id'];

function OneBundle({ bundle, at }: { readonly bundle: DecodedBundle; readonly at: Date }) {
  const of = (use: Use) => bundle.keys.filter((key) => (key.usable ? key.use === use : use === 'other'));
  const tabs = uses
    .map((use) => ({ ...use, count: of(use.id).length }))
    .filter((use) => use.count > 0 || use.id === 'x509-svid' || use.id === 'jwt-svid');
  const [selected, setSelected] = useState<Use>(tabs.find((tab) => tab.count > 0)?.id ?? 'x509-svid');
  return (
    <Tabs label="Keys by use" tabs={tabs} selected={selected} onSelect={setSelected}>
      <KeyTable keys={of(selected)} at={at} />
      {bundle.keyCount > bundle.keys.length && (
        <p className="small inspect-none">
          {bundle.keys.length} of {bundle.keyCount} keys are listed.
        </p>
      )}
    </Tabs>
  );
}

/** Rows that are drawn at once: a thousand would hold the page up (S-18). */
const atOnce = 100;

function KeyTable({ keys, at }: { readonly keys: readonly DecodedBundleKey[]; readonly at: Date }) {
  const [most, setMost] = useState(atOnce);
  if (keys.length === 0)
    return (
      <p className="inspect-none small">
        The bundle has no key of this use: SVIDs that need one are not valid.
      </p>
    );
  return (
    <>
      <table className="inspect-sheet inspect-keys">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Key</th>
            <th scope="col">Fingerprint, SHA-256</th>
            <th scope="col">Validity</th>
          </tr>
        </thead>
        <tbody>
          {keys.slice(0, most).map((key, index) => (
            <tr key={`${key.fingerprint ?? key.keyId ?? ''} ${index}`}>
              <td>
                <KeyState keyOf={key} at={at} />
              </td>
              <td>
                {key.keyId !== undefined && <div className="mono">{key.keyId}</div>}
                {key.certificate && (
                  <div className="mono">
                    {key.certificate.spiffeId ?? (key.certificate.subject || 'empty subject')}
                  </div>
                )}
                <div className="small">
                  {key.keyType}
                  {key.use !== '' && ` · use ${key.use}`}
                </div>
                {key.note !== undefined && <div className="small">{key.note}</div>}
              </td>
              <td>
                {key.fingerprint === undefined ? (
                  <span className="small">none</span>
                ) : (
                  <span className="inspect-value">
                    <span className="mono inspect-fingerprint">{key.fingerprint}</span>
                    <CopyButton text={key.fingerprint} label="Copy fingerprint" />
                  </span>
                )}
              </td>
              <td className="small num">
                <KeyValidity keyOf={key} at={at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {keys.length > most && (
        <p className="small inspect-none">
          {most} of {keys.length} are shown.{' '}
          <Button small onClick={() => setMost(most + atOnce)}>
            Show {Math.min(atOnce, keys.length - most)} more
          </Button>
        </p>
      )}
    </>
  );
}

function KeyValidity({
  keyOf: { certificate },
  at,
}: {
  readonly keyOf: DecodedBundleKey;
  readonly at: Date;
}) {
  const validity = certificate && validityBetween(certificate.notBefore, certificate.notAfter);
  return validity ? <ValidityBar {...validity} now={at} /> : 'a bare key has none';
}

function KeyState({ keyOf: key, at }: { readonly keyOf: DecodedBundleKey; readonly at: Date }) {
  if (!key.usable) {
    return (
      <Chip tone="warn" reason={key.note ?? 'A consumer leaves it out.'}>
        ignored
      </Chip>
    );
  }
  if (key.certificate && new Date(key.certificate.notAfter) < at) {
    return (
      <Chip tone="bad" reason="Nothing that it signed is valid any more.">
        expired
      </Chip>
    );
  }
  return (
    <Chip tone="ok" reason="A consumer uses it.">
      used
    </Chip>
  );
}
