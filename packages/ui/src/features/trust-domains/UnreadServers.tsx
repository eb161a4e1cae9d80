import type { UnreadServer } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Link } from '@tanstack/react-router';
import { proseText } from '../../components/index.ts';

/** Servers whose part of the list is missing, each with its reason. */
export function UnreadServers({ servers }: { servers: readonly UnreadServer[] }) {
  if (servers.length === 0) return null;
  return (
    <ul className="unread plan-warning" role="status">
      {servers.map(({ connection, reason }) => (
        <li key={connection}>
          Not shown: what{' '}
          <Link to="/connections" search={{ name: connection }}>
            {escapeText(connection)}
          </Link>{' '}
          knows. {proseText(reason)}
        </li>
      ))}
    </ul>
  );
}
