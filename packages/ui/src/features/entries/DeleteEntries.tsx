import type { Entry } from '@muster/api';
import { useState } from 'react';
import { PlanReview } from '../../components/index.ts';
import { byConnection, deleteInput } from './actions.ts';

interface Props {
  entries: readonly Entry[];
  onDone: () => void;
  onCancel: () => void;
}

/** One plan for each server, one after another. */
export function DeleteEntries({ entries, onDone, onCancel }: Props) {
  const [at, setAt] = useState(0);
  const parts = byConnection(entries);
  const part = parts[at];
  if (!part) return null;
  const [connection, its] = part;
  return (
    <PlanReview
      key={connection}
      action="entry.delete"
      input={deleteInput(connection, its)}
      onDone={() => (at + 1 < parts.length ? setAt(at + 1) : onDone())}
      onCancel={at === 0 ? onCancel : onDone}
    />
  );
}
