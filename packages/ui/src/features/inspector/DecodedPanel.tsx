import type { Decoded, DecodedMember } from '@muster/domain';
import { EmptyState } from '../../components/index.ts';
import { FactList } from './FactList.tsx';
import { certificateFacts, factsOf } from './facts.ts';

/** Everything the document says, in its own order. */
export function DecodedPanel({ decoded }: { readonly decoded: Decoded }) {
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
          {decoded.certificates.map((certificate, index) => (
            <section className="card" key={`${certificate.fingerprint} ${index}`}>
              <h3>{index === 0 ? 'Leaf' : `Intermediate ${index}`}</h3>
              <FactList facts={certificateFacts(certificate)} />
            </section>
          ))}
        </div>
      );
    case 'jwt-svid':
    case 'wit-svid':
      return (
        <div className="inspect-cards">
          <Members title="Header" members={decoded.header} />
          <Members title="Claims" members={decoded.claims} />
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

function Members({ title, members }: { readonly title: string; readonly members: readonly DecodedMember[] }) {
  return (
    <section className="card">
      <h3>{title}</h3>
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
    </section>
  );
}

/** NumericDate (RFC 7519 2) in words. */
function ReadTime({ name, value }: { readonly name: string; readonly value: string }) {
  if (!['exp', 'iat', 'nbf'].includes(name) || !/^\d{1,11}$/u.test(value)) return null;
  const at = new Date(Number(value) * 1000);
  return <span className="small"> {at.toISOString().slice(0, 19).replace('T', ' ')} UTC</span>;
}
