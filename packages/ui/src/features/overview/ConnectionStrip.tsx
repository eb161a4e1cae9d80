import type { Connection } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { Chip, NameText, proseText } from '../../components/index.ts';
import { CONNECTION_KIND, connectionState } from '../../connectionState.ts';

/** Every connection in a line of its own, the ill ones with their reason. */
export function ConnectionStrip({ connections }: { connections: readonly Connection[] }) {
  return (
    <ul className="card overview-connections">
      {connections.map((connection) => {
        const { tone, word, reason } = connectionState(connection);
        return (
          <li key={connection.name}>
            <Link to="/connections" search={{ name: connection.name }}>
              <NameText name={connection.name} />
            </Link>
            <span className="small">
              {proseText(connection.description) || CONNECTION_KIND[connection.kind]}
            </span>
            <span className="small overview-reason">{tone === 'ok' ? '' : proseText(reason)}</span>
            <Chip tone={tone} reason={reason}>
              {word}
            </Chip>
          </li>
        );
      })}
    </ul>
  );
}
