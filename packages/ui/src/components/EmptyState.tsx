import type { ReactNode } from 'react';
import './States.css';

interface Props {
  title: string;
  /** What would be here, and how to get it. */
  children: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ title, children, action }: Props) {
  return (
    <div className="state">
      <h2>{title}</h2>
      <div className="state-body">{children}</div>
      {action && <div className="state-action">{action}</div>}
    </div>
  );
}
