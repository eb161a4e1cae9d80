import { escapeText } from '@muster/domain/display';
import type { ReactNode } from 'react';

/** Text of a machine: identifiers, selectors, addresses. A string is escaped, so nothing in it can mislead. */
export function Mono({ children }: { children: ReactNode }) {
  return <span className="mono">{typeof children === 'string' ? escapeText(children) : children}</span>;
}
