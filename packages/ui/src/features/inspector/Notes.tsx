import type { Judgement } from '@muster/domain';
import { isIssuerSide, needsAudience } from './sheet.ts';

/** Where the specification and what a common verifier does part ways. */
export function LenientNote({ judgement }: { readonly judgement: Judgement }) {
  const lenient = judgement.checks.filter((check) => check.verdict === 'fail' && isIssuerSide(check));
  if (lenient.length === 0) return null;
  return (
    <section className="card inspect-note" aria-label="The specification and a common verifier">
      <h3>Not conformant, but a verifier may accept it</h3>
      <dl className="facts">
        <dt>Specification</dt>
        <dd>
          {lenient.map((check) => `${check.id} (${check.spec} ${check.section})`).join(', ')}{' '}
          {lenient.length === 1 ? 'binds' : 'bind'} who issues: such a document must not be issued.
        </dd>
        <dt>A verifier</dt>
        <dd>
          X509-SVID 5.2 does not tell a verifier to check {lenient.length === 1 ? 'it' : 'them'}, so many
          accept the document. Have its issuer corrected rather than rely on that.
        </dd>
      </dl>
    </section>
  );
}

export interface UseNoteProps {
  readonly judgement: Judgement;
  readonly at: Date;
  readonly audience: string;
}

/** What someone who holds the token could do with it. */
export function UseNote({ judgement, at, audience: expected }: UseNoteProps) {
  const { decoded } = judgement;
  if (decoded.type === 'wit-svid') {
    return (
      <section className="card inspect-note">
        <h3>What could this be used for</h3>
        <p className="small">
          Alone, for nothing: a WIT-SVID is accepted only with proof that its holder has the private key it
          names (WIT-SVID 4). Treat it with care all the same.
        </p>
      </section>
    );
  }
  if (decoded.type !== 'jwt-svid' || decoded.audience.length === 0) return null;
  const until = decoded.expiresAt === undefined ? undefined : new Date(decoded.expiresAt);
  const audience = (
    <>
      {decoded.audience.map((name, index) => (
        <span key={name}>
          {index > 0 && ' or '}
          <span className="mono">{name}</span>
        </span>
      ))}
    </>
  );
  return (
    <section className="card inspect-note">
      <h3>What could this be used for</h3>
      {until && until < at ? (
        <p className="small">
          For nothing any more, where clocks are right: it has expired. Until then it spoke to any service
          that goes by {audience}.
        </p>
      ) : judgement.verdict === 'valid' || needsAudience(judgement, expected) ? (
        <p className="small">
          {until ? `Until ${until.toISOString().slice(11, 19)} UTC` : 'Without an end'}: for any service that
          goes by {audience} and trusts <b>{decoded.trustDomain ?? 'its trust domain'}</b>. Whoever holds the
          text holds the identity.
        </p>
      ) : (
        <p className="small">
          A service that goes by {audience} must reject it. One that checks less than the specification may
          not: whoever holds the text might pass for{' '}
          <span className="mono">{decoded.subject ?? 'its subject'}</span>.
        </p>
      )}
    </section>
  );
}
