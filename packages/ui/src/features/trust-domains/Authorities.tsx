import type { Bundle, Bundle_JwtAuthority, Bundle_X509Authority } from '@muster/api';
import {
  Chip,
  CopyButton,
  Mono,
  proseText,
  TimeAgo,
  toDate,
  useNow,
  ValidityBar,
} from '../../components/index.ts';
import './trust-domains.css';

/** The keys of a bundle, one card each. */
export function Authorities({ bundle }: { bundle: Bundle }) {
  const now = useNow(10_000);
  const { x509Authorities: x509, jwtAuthorities: jwt } = bundle;
  return (
    <>
      <section aria-label="X.509 authorities" className="stack">
        <h3>X.509 authorities{x509.length > 1 && ` (${x509.length})`}</h3>
        {x509.length === 0 && <p className="small">None: no X.509-SVID of this trust domain is accepted.</p>}
        {x509.map((authority, i) => (
          <X509 key={authority.fingerprint + i} authority={authority} now={now} />
        ))}
      </section>
      <section aria-label="JWT authorities" className="stack">
        <h3>JWT authorities{jwt.length > 1 && ` (${jwt.length})`}</h3>
        {jwt.length === 0 && <p className="small">None: no JWT-SVID of this trust domain is accepted.</p>}
        {jwt.map((authority, i) => (
          <Jwt key={authority.keyId + i} authority={authority} now={now} own={bundle.own} />
        ))}
      </section>
    </>
  );
}

function X509({ authority, now }: { authority: Bundle_X509Authority; now: Date }) {
  const { problem, subject, notBefore, notAfter, tainted, keyType, fingerprint, serial } = authority;
  const from = toDate(notBefore);
  const until = toDate(notAfter);
  return (
    <div className="card">
      <div className="authority-head">
        <Mono>{problem ? 'certificate' : subject || '(no subject)'}</Mono>
        {tainted && <Tainted />}
        {problem && (
          <Chip tone="bad" reason={proseText(problem)}>
            cannot be read
          </Chip>
        )}
        {until && until <= now && (
          <Chip
            tone="bad"
            reason="SVIDs that it signed are not accepted any more. SPIRE prunes it after some hours."
          >
            expired
          </Chip>
        )}
      </div>
      {problem && <p className="small">{proseText(problem)}</p>}
      {from && until && <ValidityBar notBefore={from} notAfter={until} now={now} />}
      <dl className="authority-facts small">
        <dt>SHA-256</dt>
        <dd className="copy-line">
          <Mono>{fingerprint}</Mono>
          <CopyButton text={fingerprint} label="Copy fingerprint" />
        </dd>
        {serial && (
          <>
            <dt>Serial</dt>
            <dd>
              <Mono>{serial}</Mono>
            </dd>
          </>
        )}
        {keyType && (
          <>
            <dt>Key</dt>
            <dd>{proseText(keyType)}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

function Jwt({ authority, now, own }: { authority: Bundle_JwtAuthority; now: Date; own: boolean }) {
  const { keyId, tainted, problem, expiresAt, keyType } = authority;
  const until = toDate(expiresAt);
  return (
    <div className="card">
      <div className="authority-head">
        <span className="copy-line">
          <Mono>{keyId}</Mono>
          <CopyButton text={keyId} label="Copy key ID" />
        </span>
        {tainted && <Tainted />}
        {problem && (
          <Chip tone="bad" reason={proseText(problem)}>
            cannot be read
          </Chip>
        )}
      </div>
      <div className="small">
        {keyType && `${proseText(keyType)} · `}
        {until ? (
          <>
            {until <= now ? 'expired' : 'expires'} <TimeAgo at={until} />
          </>
        ) : own ? (
          'expires at no stated time'
        ) : (
          'expiry unknown: a bundle that was fetched from an endpoint does not carry it'
        )}
      </div>
    </div>
  );
}

function Tainted() {
  return (
    <Chip tone="warn" reason="Marked as no longer to be trusted: SVIDs that it signed are being replaced.">
      tainted
    </Chip>
  );
}
