import { ItemOutcome, type ItemResult } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { useState } from 'react';
import { Button } from '../Button.tsx';
import { Chip, type Tone } from '../Chip.tsx';
import { csvOf, saveText } from '../download.ts';
import { formatCount } from '../numbers.ts';
import { SecretText } from '../SecretText.tsx';
import { proseText } from '../text.ts';

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

/** Beyond this many, what was done without a word is counted and not listed. */
const ALL = 50;
const STEP = 200;

/** What became of each item: of many, those that were not done come first. */
export function Results({ items, over }: { items: readonly ItemResult[]; over: boolean }) {
  const [shown, setShown] = useState(ALL);
  const many = items.length > ALL;
  const sorted = many
    ? items.toSorted(
        (a, b) => Number(a.outcome === ItemOutcome.DONE) - Number(b.outcome === ItemOutcome.DONE),
      )
    : items;
  const visible = sorted.slice(0, shown);
  return (
    <>
      <ul className="plan-items" aria-label="Results">
        {visible.map((item, i) => (
          <Item key={`${item.target} ${i}`} item={item} />
        ))}
      </ul>
      {many && (
        <div className="row small">
          <span>
            {formatCount(visible.length)} of {formatCount(items.length)} shown, what was not done first.
          </span>
          {shown < items.length && (
            <Button small onClick={() => setShown(shown + STEP)}>
              Show {formatCount(Math.min(STEP, items.length - shown))} more
            </Button>
          )}
        </div>
      )}
      {over && items.length > 1 && (
        <div>
          <Button
            small
            onClick={() => saveText('results.csv', 'text/csv', csvOf([HEAD, ...items.map(resultRow)]))}
          >
            Download results
          </Button>
        </div>
      )}
    </>
  );
}

const HEAD = ['target', 'outcome', 'id', 'reason'];
// A secret is never part of a file.
const resultRow = (item: ItemResult): string[] => [
  item.target,
  OUTCOME[item.outcome].word,
  item.id,
  item.reason,
];

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
        {item.secret && <SecretText secret={item.secret} label="the secret" />}
      </span>
    </li>
  );
}
