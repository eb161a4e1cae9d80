import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

const PAGES = [
  '/entries',
  '/entries/new',
  '/agents',
  '/trust-domains',
  '/federation',
  '/authorities',
  '/expiry',
  '/health',
  '/history',
  '/why',
  '/generate',
  '/connections',
] as const;

/** A link that the gateway made, followed only when it is one of our pages: no data becomes an address (S-11). */
export function AppLink({
  link,
  className,
  children,
}: {
  link: string;
  className?: string;
  children: ReactNode;
}) {
  const cut = link.indexOf('?');
  const to = PAGES.find((page) => page === (cut < 0 ? link : link.slice(0, cut)));
  if (!to) return null;
  return (
    <Link
      to={to}
      search={Object.fromEntries(new URLSearchParams(cut < 0 ? '' : link.slice(cut)))}
      {...(className === undefined ? {} : { className })}
    >
      {children}
    </Link>
  );
}
