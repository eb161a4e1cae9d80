import { createContext, type ReactNode, use } from 'react';
import { useTip } from './Tooltip.tsx';
import './Chip.css';

export type Tone = 'ok' | 'warn' | 'bad' | 'unknown' | 'info';

/** False inside a grid row that is not the current one, so that a grid is one tab stop and not a hundred. */
export const ReachableByTab = createContext(true);

interface Props {
  tone: Tone;
  /** Why it is in this state; shown on hover and focus. */
  reason: ReactNode;
  children: ReactNode;
}

/** A state in words. Never colour alone, always with its reason. */
export function Chip({ tone, reason, children }: Props) {
  const reachable = use(ReachableByTab);
  const { handlers, id, tip } = useTip({ content: reason });
  return (
    <span
      {...handlers}
      className={`st ${tone}`}
      tabIndex={reachable ? 0 : -1}
      aria-describedby={tip ? id : undefined}
    >
      {children}
      {tip}
    </span>
  );
}
