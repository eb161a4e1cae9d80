import { escapeText } from '@muster/domain/display';
import type { GetOverviewResponse_TrustDomain } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { Age, Chip, TimeAgo, toDate, TrustDomainTag, useTicking, NameText } from '../../components/index.ts';
import { Figure } from './OverviewFigure.tsx';

const DAY = 86_400_000;

export function TrustDomainCard({ domain }: { domain: GetOverviewResponse_TrustDomain }) {
  const td = { td: domain.name };
  return (
    <article className="card overview-domain" aria-label={escapeText(domain.name)}>
      <header className="row">
        <TrustDomainTag name={domain.name} />
        <span className="small">
          <NameText name={domain.connection} />
        </span>
        <span className="grow" />
        <span className="small">
          <Age freshness={domain.freshness} />
        </span>
      </header>
      <div className="overview-figures">
        <Link to="/entries" search={td}>
          <Figure value={domain.entries} label={domain.entries === 1n ? 'entry' : 'entries'} />
        </Link>
        <Link to="/agents" search={td}>
          <Figure value={domain.agents} label={domain.agents === 1n ? 'agent' : 'agents'} />
        </Link>
        {domain.entriesExpiring > 0n && (
          <Link to="/entries" search={{ ...td, expiry: 'week' }}>
            <Figure
              value={domain.entriesExpiring}
              label={domain.entriesExpiring === 1n ? 'expires within a week' : 'expire within a week'}
            />
          </Link>
        )}
        {domain.agentsExpired > 0n && (
          <Link to="/agents" search={td}>
            <Figure
              value={domain.agentsExpired}
              label={domain.agentsExpired === 1n ? 'agent expired' : 'agents expired'}
              bad
            />
          </Link>
        )}
        {domain.agentsBanned > 0n && (
          <Link to="/agents" search={td}>
            <Figure
              value={domain.agentsBanned}
              label={domain.agentsBanned === 1n ? 'agent banned' : 'agents banned'}
              bad
            />
          </Link>
        )}
      </div>
      <dl className="facts">
        <dt>X.509 authority</dt>
        <dd>
          <Authority expiresAt={toDate(domain.x509AuthorityExpiresAt)} />
        </dd>
        <dt>Federates with</dt>
        <dd className="row">
          {domain.federatesWith.length === 0
            ? 'nobody'
            : domain.federatesWith.map((name) => <TrustDomainTag key={name} name={name} />)}
        </dd>
      </dl>
    </article>
  );
}

function Authority({ expiresAt }: { expiresAt: Date | undefined }) {
  const tone = useTicking((now) => {
    if (!expiresAt) return 'unknown';
    const left = expiresAt.getTime() - now;
    return left < 0 ? 'bad' : left < DAY ? 'warn' : 'ok';
  });
  if (!expiresAt)
    return (
      <Chip tone="unknown" reason="The bundle of this trust domain has not been read.">
        unknown
      </Chip>
    );
  const reason = {
    ok: 'More than a day is left.',
    warn: 'Less than a day is left; SPIRE prepares the next one by itself.',
    bad: 'Nothing that it signed is accepted any more.',
    unknown: '',
  }[tone];
  return (
    <Chip tone={tone} reason={reason}>
      <TimeAgo at={expiresAt} prefix={tone === 'bad' ? 'expired' : 'expires'} />
    </Chip>
  );
}
