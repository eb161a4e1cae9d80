import type { ApplyState } from './queries.ts';
import { formatCount } from '../numbers.ts';
import { Results } from './Results.tsx';
import { summaryOf } from './summary.ts';

/** What has been done so far, item by item, and how it ended. */
export function Progress({ state }: { state: Exclude<ApplyState, { state: 'idle' }> }) {
  return (
    <div className="stack">
      {state.state === 'applying' && (
        <div role="status">
          Applying: {formatCount(state.done)} of {formatCount(state.total)}
          <progress className="plan-progress" max={state.total || 1} value={state.done} />
        </div>
      )}
      {state.state === 'applied' && (
        <p role="status" className="plan-summary">
          Applied: {summaryOf(state.result)}.
        </p>
      )}
      <Results items={state.items} over={state.state !== 'applying'} />
    </div>
  );
}
