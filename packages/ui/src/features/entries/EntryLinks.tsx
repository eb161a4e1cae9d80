import type { Entry } from '@muster/api';
import { Link } from '@tanstack/react-router';

/** Where else this entry is looked at. */
export function EntryLinks({ entry: { connection, id, spiffeId } }: { entry: Entry }) {
  return (
    <nav className="entry-links" aria-label="More of this entry">
      <Link to="/why" search={{ connection, entry: id }}>
        Why, and who gets this?
      </Link>
      <Link to="/generate" search={{ connection, entry: id }}>
        Generate configuration
      </Link>
      <Link to="/mint" search={{ connection, spiffeId }}>
        Mint an SVID of this ID
      </Link>
      <Link to="/history" search={{ target: id }}>
        History
      </Link>
      <Link to="/entries" search={{ q: spiffeId }}>
        All entries of this ID
      </Link>
    </nav>
  );
}
