import type { GetOverviewResponse } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../../components/index.ts';
import { Attention } from './Attention.tsx';
import { ConnectionStrip } from './ConnectionStrip.tsx';
import { Figure } from './OverviewFigure.tsx';
import { TrustDomainCard } from './TrustDomainCard.tsx';
import './overview.css';

interface Props {
  overview: GetOverviewResponse;
  /** In scope; undefined: all. */
  trustDomain: string | undefined;
}

/** What is connected, what needs a person, and how things stand in each trust domain. */
export function OverviewView({ overview, trustDomain }: Props) {
  const { attention, connections, channels, members, membersOnline } = overview;
  const domains = overview.trustDomains.filter((one) => !trustDomain || one.name === trustDomain);
  if (connections.length === 0)
    return (
      <EmptyState title="Nothing is connected">
        Muster shows what its gateway is connected to: SPIRE servers, Workload APIs and SLIM nodes. They are
        listed in <span className="mono">muster.yaml</span>; without it the practice network starts.
      </EmptyState>
    );
  return (
    <div className="overview">
      <Attention items={attention} />
      <section aria-labelledby="overview-domains">
        <h2 id="overview-domains">Trust domains</h2>
        {domains.length > 0 ? (
          <div className="overview-cards">
            {domains.map((domain) => (
              <TrustDomainCard key={`${domain.connection} ${domain.name}`} domain={domain} />
            ))}
          </div>
        ) : (
          <p className="small">No SPIRE server is connected, so there is no trust domain to show.</p>
        )}
      </section>
      <section aria-labelledby="overview-groups">
        <h2 id="overview-groups">Groups</h2>
        <Link to="/channels" className="card overview-groups">
          <Figure value={channels} label={channels === 1 ? 'channel' : 'channels'} />
          <Figure value={members} label={members === 1 ? 'member' : 'members'} />
          <Figure value={membersOnline} label="of them online" />
          <span className="grow" />
          <span className="overview-go">Open channels</span>
        </Link>
      </section>
      <section aria-labelledby="overview-connections">
        <h2 id="overview-connections">Connections</h2>
        <ConnectionStrip connections={connections} />
      </section>
    </div>
  );
}
