import { use, useEffect, useState } from 'react';
import { ReachableByTab } from './Chip.tsx';
import { Tooltip } from './Tooltip.tsx';
import './CopyButton.css';

interface Props {
  text: string;
  label: string;
}

/** Copies on click and says whether it worked. */
export function CopyButton({ text, label }: Props) {
  const [said, setSaid] = useState<'' | 'Copied' | 'Could not copy'>('');
  const reachable = use(ReachableByTab);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(''), 1600);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('Could not copy');
    }
  };
  return (
    <Tooltip content={said || label}>
      <button
        type="button"
        className="copy"
        aria-label={label}
        tabIndex={reachable ? 0 : -1}
        onClick={(event) => {
          event.stopPropagation();
          void copy();
        }}
      >
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor">
          {said === 'Copied' ? (
            <path d="M3 8.5l3.2 3L13 4.5" strokeWidth="1.8" />
          ) : (
            <path d="M5.5 5.5h7v8h-7zM3.5 10.5v-8h7" strokeWidth="1.3" />
          )}
        </svg>
        <span className="vh" role="status">
          {said}
        </span>
      </button>
    </Tooltip>
  );
}
