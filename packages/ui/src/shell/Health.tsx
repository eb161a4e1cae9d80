import type { ListConnectionsResponse } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { TimeAgo, Tooltip } from '../components/index.ts';
import { useLive } from '../watch/store.ts';
import { healthOf } from './counts.ts';

/** Whether the page is told of changes, and how the connections are. */
export function Health({ connections }: { connections: ListConnectionsResponse | undefined }) {
  const live = useLive((store) => store.live);
  return (
    <div className="health" role="status">
      {live.state === 'reconnecting' && (
        <Tooltip
          content={
            <>
              {live.reason} What you see may be old. Broken since <TimeAgo at={new Date(live.since)} />; it is
              tried again by itself.
            </>
          }
        >
          <span className="health-live" tabIndex={0}>
            reconnecting…
          </span>
        </Tooltip>
      )}
      {connections && <HealthLink connections={connections} />}
    </div>
  );
}

function HealthLink({ connections }: { connections: ListConnectionsResponse }) {
  const { all, degraded, failed, connecting } = healthOf(connections);
  return (
    <Link to="/connections" className="health-link num">
      <span className="health-all">
        {all} connection{all === 1 ? '' : 's'}
      </span>
      {failed > 0 && <span className="health-bad">{failed} failed</span>}
      {degraded > 0 && <span className="health-warn">{degraded} degraded</span>}
      {connecting > 0 && <span>{connecting} connecting</span>}
    </Link>
  );
}
