import { escapeText } from '@muster/domain/display';
import type { Bundle, EquivalentCommand } from '@muster/api';
import {
  Chip,
  CommandBox,
  CopyButton,
  DetailPanel,
  formatSeconds,
  Mono,
  TimeAgo,
  toDate,
  TrustDomainTag,
  useNow,
  ValidityBar,
} from '../../components/index.ts';
import { type X509Authority, x509Authorities } from './authorities.ts';
import './trust-domains.css';

interface Props {
  bundle: Bundle;
  command: EquivalentCommand | undefined;
  onClose: () => void;
}

export function BundleDetail({ bundle, command, onClose }: Props) {
  const now = useNow(10_000);
  const x509 = x509Authorities(bundle);
  return (
    <DetailPanel
      kind={`Trust bundle · ${bundle.own ? 'of' : 'copy known to'} ${escapeText(bundle.connection)}`}
      title={<TrustDomainTag name={bundle.trustDomain} />}
      onClose={onClose}
    >
      <dl className="facts">
        <dt>Sequence</dt>
        <dd className="num">{String(bundle.sequenceNumber)}</dd>
        <dt>Refresh hint</dt>
        <dd>{bundle.refreshHint > 0n ? formatSeconds(Number(bundle.refreshHint)) : 'not set'}</dd>
        <dt>Read</dt>
        <dd>
          <TimeAgo at={toDate(bundle.readAt)} />
        </dd>
      </dl>
      <section aria-label="X.509 authorities" className="stack">
        <h3>X.509 authorities</h3>
        {x509.length === 0 && <p className="small">None: no X.509-SVID of this trust domain is accepted.</p>}
        {x509.map((authority, i) => (
          <X509 key={i} authority={authority} now={now} />
        ))}
      </section>
      <section aria-label="JWT authorities" className="stack">
        <h3>JWT authorities</h3>
        {bundle.jwtAuthorities.length === 0 && (
          <p className="small">None: no JWT-SVID of this trust domain is accepted.</p>
        )}
        {bundle.jwtAuthorities.map((authority) => (
          <div className="card" key={authority.keyId}>
            <div className="authority-head">
              <Mono>{authority.keyId}</Mono>
              <CopyButton text={authority.keyId} label="Copy key ID" />
              {authority.tainted && <Tainted />}
            </div>
            <div className="small">
              expires <TimeAgo at={toDate(authority.expiresAt)} none="at no stated time" />
            </div>
          </div>
        ))}
      </section>
      {bundle.spiffeJson && (
        <div className="row">
          <h3>Bundle document</h3>
          <CopyButton text={bundle.spiffeJson} label="Copy the bundle document" />
          <span className="small">as a JWK Set, for the inspector or another server</span>
        </div>
      )}
      {command && <CommandBox command={command} />}
    </DetailPanel>
  );
}

function X509({ authority, now }: { authority: X509Authority; now: Date }) {
  if (!authority.ok)
    return (
      <div className="card">
        <Chip tone="bad" reason={authority.reason}>
          cannot be read
        </Chip>
        <p className="small">{authority.reason}</p>
      </div>
    );
  return (
    <div className="card">
      <div className="authority-head">
        <Mono>{authority.subject || '(no subject)'}</Mono>
        {authority.tainted && <Tainted />}
      </div>
      <ValidityBar notBefore={authority.notBefore} notAfter={authority.notAfter} now={now} />
      <div className="small authority-serial">
        serial <Mono>{authority.serial}</Mono>
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
