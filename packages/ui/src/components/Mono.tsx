import type { ReactNode } from 'react';
import { NameText } from './NameText.tsx';

/** Text of a machine: identifiers, selectors, addresses. A string is escaped, so nothing in it can mislead. */
export function Mono({ children }: { children: ReactNode }) {
  return typeof children === 'string' ? (
    <NameText mono name={children} />
  ) : (
    <span className="mono">{children}</span>
  );
}
