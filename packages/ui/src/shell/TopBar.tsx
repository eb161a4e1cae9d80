import type { GetOverviewResponse, ListConnectionsResponse } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { Tooltip } from '../components/index.ts';
import { Mark } from '../components/Mark.tsx';
import { Health } from './Health.tsx';
import { ScopeMenu } from './ScopeMenu.tsx';
import { WindowMenu } from './WindowMenu.tsx';
import './TopBar.css';

interface Props {
  overview: GetOverviewResponse | undefined;
  connections: ListConnectionsResponse | undefined;
  navOpen: boolean;
  onNav: () => void;
  onFind: () => void;
}

const PRACTICE =
  'Servers of the same protocols, run by Muster itself with real keys. Nothing here reaches a server of yours, so try anything.';

export function TopBar({ overview, connections, navOpen, onNav, onFind }: Props) {
  const names = [...new Set(overview?.trustDomains.map((one) => one.name))];
  return (
    <header className="top">
      <button
        type="button"
        className="top-nav"
        aria-label="Pages"
        aria-expanded={navOpen}
        aria-controls="pages"
        onClick={onNav}
      >
        <svg
          viewBox="0 0 16 16"
          width="18"
          height="18"
          aria-hidden="true"
          stroke="currentColor"
          strokeWidth="1.6"
        >
          <path d="M2 4h12M2 8h12M2 12h12" />
        </svg>
      </button>
      <Link to="/" className="brand" aria-label="Muster, overview">
        <Mark />
      </Link>
      <ScopeMenu names={names} />
      <button type="button" className="find" aria-haspopup="dialog" onClick={onFind}>
        <span>Find an entry, agent, channel, or action</span>
        <kbd>Ctrl K</kbd>
      </button>
      {connections?.practice && (
        <Tooltip content={PRACTICE}>
          <span className="practice" tabIndex={0}>
            practice<span className="practice-more"> network</span>
          </span>
        </Tooltip>
      )}
      <span className="grow" />
      <Health connections={connections} />
      <WindowMenu />
    </header>
  );
}
