import { ItemOutcome, type ItemResult } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { Chip, type Tone } from '../Chip.tsx';
import { proseText } from '../text.ts';
import type { ApplyState } from './queries.ts';

const OUTCOME: Record<ItemOutcome, { tone: Tone; word: string; reason: string }> = {
  [ItemOutcome.UNSPECIFIED]: { tone: 'unknown', word: 'unknown', reason: 'The gateway did not say.' },
  [ItemOutcome.DONE]: { tone: 'ok', word: 'done', reason: 'The server confirmed it.' },
  [ItemOutcome.REFUSED]: { tone: 'bad', word: 'refused', reason: 'The server refused it.' },
  [ItemOutcome.UNKNOWN]: {
    tone: 'unknown',
    word: 'unknown',
    reason: 'The connection broke while it was under way: read the list again to know.',
  },
  [ItemOutcome.SKIPPED]: { tone: 'unknown', word: 'skipped', reason: 'It was not tried.' },
};

/** What has been done so far, item by item, and how it ended. */
export function Progress({ state }: { state: Exclude<ApplyState, { state: 'idle' }> }) {
  return (
    <div className="stack">
      {state.state === 'applying' && (
        <div role="status">
          Applying: {state.done} of {state.total}
          <progress className="plan-progress" max={state.total || 1} value={state.done} />
        </div>
      )}
      {state.state === 'applied' && (
        <p role="status" className="plan-summary">
          {summary(state.result)}
        </p>
      )}
      <ul className="plan-items" aria-label="Results">
        {state.items.map((item, i) => (
          <Item key={`${item.target} ${i}`} item={item} />
        ))}
      </ul>
    </div>
  );
}

function Item({ item }: { item: ItemResult }) {
  const outcome = OUTCOME[item.outcome];
  return (
    <li>
      <Chip tone={outcome.tone} reason={proseText(item.reason) || outcome.reason}>
        {outcome.word}
      </Chip>
      <span className="plan-item">
        <span className="mono">{escapeText(item.target)}</span>
        {item.reason && <span className="small plan-reason">{proseText(item.reason)}</span>}
      </span>
    </li>
  );
}

function summary({ done, refused, unknown }: { done: number; refused: number; unknown: number }): string {
  const parts = [`${done} done`];
  if (refused) parts.push(`${refused} refused`);
  if (unknown) parts.push(`${unknown} unknown`);
  return `Applied: ${parts.join(', ')}.`;
}
