import { Link } from '@tanstack/react-router';
import type { Count } from './counts.ts';
import { PAGES, type PagePath } from './navigation.ts';
import './Nav.css';

interface Props {
  counts: Partial<Record<PagePath, Count>>;
  open: boolean;
  onNavigate: () => void;
}

const SECTIONS = [...new Set(PAGES.map((page) => page.section))];

export function Nav({ counts, open, onNavigate }: Props) {
  return (
    <nav className={open ? 'nav open' : 'nav'} aria-label="Pages" id="pages">
      {SECTIONS.map((section) => (
        <div key={section} role={section ? 'group' : undefined} aria-label={section || undefined}>
          {section && <div className="nav-section">{section}</div>}
          {PAGES.filter((page) => page.section === section).map((page) => (
            <NavLink key={page.to} {...page} count={counts[page.to]} onNavigate={onNavigate} />
          ))}
        </div>
      ))}
    </nav>
  );
}

interface LinkProps {
  to: PagePath;
  label: string;
  count: Count | undefined;
  onNavigate: () => void;
}

function NavLink({ to, label, count, onNavigate }: LinkProps) {
  return (
    <Link
      to={to}
      className="nav-link"
      activeOptions={{ exact: to === '/', includeSearch: false }}
      onClick={onNavigate}
    >
      <span>{label}</span>
      {count && (
        <span className="nav-count num">
          {count.alarm && (
            <>
              <b className="nav-alarm" title={count.alarm.reason}>
                {count.alarm.text}
                <span className="vh"> {count.alarm.reason}</span>
              </b>
              {count.text && ' of '}
            </>
          )}
          {count.text}
        </span>
      )}
    </Link>
  );
}
