import type { ChainLink, Decoded, DecodedCertificate, DecodedMember, DecodedX509 } from '@muster/domain';
import { type ReactNode, useEffect, useRef } from 'react';
import { EmptyState, ValidityBar } from '../../components/index.ts';
import { FactList } from './FactList.tsx';
import { certificateFacts, factsOf } from './facts.ts';
import { validityBetween } from './validity.ts';
import './DecodedPanel.css';

export interface DecodedPanelProps {
  readonly decoded: Decoded;
  readonly at: Date;
  /** What the picture points at: the fingerprint of a certificate, or "token". */
  readonly selected: string | undefined;
}

/** Everything the document says, in its own order; and the authority of the bundle that its chain ends at. */
export function DecodedPanel({ decoded, at, selected }: DecodedPanelProps) {
  switch (decoded.type) {
    case 'none':
      return (
        <EmptyState title="Nothing could be decoded">
          The document could not be taken apart; the requirements say where it broke.
        </EmptyState>
      );
    case 'x509-svid':
      return (
        <div className="inspect-cards">
          <Certificates decoded={decoded} at={at} selected={selected} />
        </div>
      );
    case 'workload-x509-response':
      return (
        <>
          {decoded.svids.map((one, index) => (
            <section key={index}>
              <h3 className="inspect-decoded-part">
                SVID {index + 1}
                {one.hint === '' ? '' : `, ${one.hint}`}
                {index === 0 && <span className="small"> the default</span>}
              </h3>
              <div className="inspect-cards">
                {one.svid.type === 'x509-svid' ? (
                  <Certificates decoded={one.svid} at={at} selected={selected} />
                ) : (
                  <p className="small">Its certificates could not be taken apart.</p>
                )}
              </div>
            </section>
          ))}
        </>
      );
    case 'jwt-svid':
    case 'wit-svid':
      return (
        <div className="inspect-cards">
          <Members title="Header" members={decoded.header} />
          <Card title="Claims" selected={selected === 'token'}>
            <MemberList members={decoded.claims} />
          </Card>
          <section className="card">
            <h3>Signature</h3>
            <p className="small">
              Not shown: with it the token could be used.{' '}
              {decoded.signedBy
                ? `It was made by a key of ${decoded.signedBy.trustDomain} (${decoded.signedBy.keyType}).`
                : 'No key that is known here made it, or it was not checked.'}
            </p>
          </section>
        </div>
      );
    default:
      return (
        <div className="inspect-cards">
          <section className="card">
            <FactList facts={factsOf(decoded)} />
          </section>
        </div>
      );
  }
}

function Certificates({
  decoded: { certificates, chain },
  at,
  selected,
}: {
  readonly decoded: DecodedX509;
  readonly at: Date;
  readonly selected: string | undefined;
}) {
  const authorities = chain.filter((link) => link.source === 'bundle');
  return (
    <>
      {certificates.map((certificate, index) => (
        <CertificateCard
          key={`${certificate.fingerprint} ${index}`}
          title={index === 0 ? 'Leaf' : `Intermediate ${index}`}
          certificate={certificate}
          at={at}
          selected={selected}
        />
      ))}
      {authorities.map(({ certificate }: ChainLink) => (
        <CertificateCard
          key={certificate.fingerprint}
          title="Authority, from the bundle"
          certificate={certificate}
          at={at}
          selected={selected}
        />
      ))}
    </>
  );
}

function CertificateCard({
  title,
  certificate,
  at,
  selected,
}: {
  readonly title: string;
  readonly certificate: DecodedCertificate;
  readonly at: Date;
  readonly selected: string | undefined;
}) {
  const validity = validityBetween(certificate.notBefore, certificate.notAfter);
  return (
    <Card title={title} selected={certificate.fingerprint === selected}>
      {validity && <ValidityBar {...validity} now={at} />}
      <FactList facts={certificateFacts(certificate)} />
    </Card>
  );
}

/** Comes into sight when the picture points at it. */
function Card({
  title,
  selected,
  children,
}: {
  readonly title: string;
  readonly selected: boolean;
  readonly children: ReactNode;
}) {
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    // Where there is no layout (in a test) there is nothing to scroll.
    if (selected) card.current?.scrollIntoView?.({ block: 'nearest' });
  }, [selected]);
  return (
    <section ref={card} className="card inspect-decoded-card" data-selected={selected} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Members({ title, members }: { readonly title: string; readonly members: readonly DecodedMember[] }) {
  return (
    <section className="card inspect-decoded-card" aria-label={title}>
      <h3>{title}</h3>
      <MemberList members={members} />
    </section>
  );
}

function MemberList({ members }: { readonly members: readonly DecodedMember[] }) {
  if (members.length === 0) return <p className="small">There is none, or it is not a JSON object.</p>;
  return (
    <dl className="facts">
      {members.map(({ name, value }, index) => (
        <div className="inspect-fact" key={`${name} ${index}`}>
          <dt className="mono">{name}</dt>
          <dd>
            <span className="mono">{value}</span>
            <ReadTime name={name} value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** NumericDate (RFC 7519 2) in words. */
function ReadTime({ name, value }: { readonly name: string; readonly value: string }) {
  if (!['exp', 'iat', 'nbf'].includes(name) || !/^\d{1,11}$/u.test(value)) return null;
  const at = new Date(Number(value) * 1000);
  return <span className="small"> {at.toISOString().slice(0, 19).replace('T', ' ')} UTC</span>;
}
