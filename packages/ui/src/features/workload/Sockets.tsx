import type { WorkloadSocket } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import { Chip, NameText, proseText, TimeAgo, toDate, TrustDomainTag } from '../../components/index.ts';

/** Each Workload API: whether its streams are open, since when, and what of it cannot be had. */
export function Sockets({ sockets }: { sockets: readonly WorkloadSocket[] }) {
  return (
    <ul className="sockets" aria-label="Workload APIs">
      {sockets.map((socket) => (
        <li key={socket.connection} className="socket">
          <Link to="/connections" search={{ name: socket.connection }} className="socket-name">
            <NameText name={socket.connection} />
          </Link>
          {socket.live ? (
            <Chip tone="ok" reason="Its streams are open: every change comes by itself.">
              live
            </Chip>
          ) : (
            <Chip tone="bad" reason={proseText(socket.reason)}>
              not live
            </Chip>
          )}
          {socket.trustDomain !== '' && <TrustDomainTag name={socket.trustDomain} />}
          <TimeAgo prefix="since" at={toDate(socket.since)} />
          {socket.audiences.length > 0 && (
            <span className="small">
              follows tokens for <span className="mono">{socket.audiences.map(escapeText).join(', ')}</span>
            </span>
          )}
          {!socket.live && <span className="socket-why small">{proseText(socket.reason)}</span>}
          {socket.problems.map(({ audience, reason }) => (
            <span key={audience} className="socket-why small" role="note">
              No token for <span className="mono">{escapeText(audience)}</span>: {proseText(reason)}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
