import { Outlet, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { KeySheet, Toast } from '../components/index.ts';
import { useWatch } from '../watch/useWatch.ts';
import { countsOf } from './counts.ts';
import { Nav } from './Nav.tsx';
import { Palette } from './Palette.tsx';
import { useApprovals, useConnections, useOverview } from './queries.ts';
import { TopBar } from './TopBar.tsx';
import './Shell.css';

/** The frame of every page. */
export function Shell() {
  useWatch();
  const { td } = useSearch({ strict: false });
  const overview = useOverview().data;
  const connections = useConnections().data;
  const approvals = useApprovals().data;
  const [finding, setFinding] = useState(false);
  const [navOpen, setNavOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setFinding(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <TopBar
        overview={overview}
        connections={connections}
        navOpen={navOpen}
        onNav={() => setNavOpen(!navOpen)}
        onFind={() => setFinding(true)}
      />
      {navOpen && <div className="nav-away" onClick={() => setNavOpen(false)} />}
      <Nav
        counts={countsOf(overview, connections, approvals, td)}
        open={navOpen}
        onNavigate={() => setNavOpen(false)}
      />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      {finding && <Palette onClose={() => setFinding(false)} />}
      <KeySheet />
      <Toast />
    </div>
  );
}
