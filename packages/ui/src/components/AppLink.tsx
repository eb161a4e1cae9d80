import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { appPath } from './appPath.ts';

interface Props {
  link: string;
  className?: string;
  children: ReactNode;
}

/** A link that the gateway made, followed only when it is one of our pages; otherwise nothing (S-11). */
export function AppLink({ link, className, children }: Props) {
  const path = appPath(link);
  if (!path) return null;
  return (
    <Link {...path} {...(className === undefined ? {} : { className })}>
      {children}
    </Link>
  );
}
