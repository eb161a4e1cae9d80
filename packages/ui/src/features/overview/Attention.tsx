import { type GetOverviewResponse_Attention, Severity } from '@muster/api';
import { useNavigate } from '@tanstack/react-router';
import { Button, Chip, proseText, type Tone } from '../../components/index.ts';
import { inAppPath } from './inAppPath.ts';

const TONE: Record<Severity, { tone: Tone; word: string; reason: string }> = {
  [Severity.UNSPECIFIED]: { tone: 'info', word: 'note', reason: 'Good to know; nothing is broken.' },
  [Severity.INFO]: { tone: 'info', word: 'note', reason: 'Good to know; nothing is broken.' },
  [Severity.WARNING]: { tone: 'warn', word: 'look', reason: 'It works, and should be looked at.' },
  [Severity.DANGER]: { tone: 'bad', word: 'broken', reason: 'Something is broken or will be soon.' },
};

/** What needs a person, worst first. */
export function Attention({ items }: { items: readonly GetOverviewResponse_Attention[] }) {
  const navigate = useNavigate();
  const sorted = items.toSorted((a, b) => b.severity - a.severity);
  return (
    <section aria-labelledby="overview-attention">
      <h2 id="overview-attention">Needs attention</h2>
      {sorted.length === 0 ? (
        <p className="card overview-calm">
          <Chip tone="ok" reason="No connection, agent, authority or entry needs a person now.">
            nothing
          </Chip>
          Every connection is ready and nothing expires soon.
        </p>
      ) : (
        <ul className="card overview-attention">
          {sorted.map((item) => {
            const { tone, word, reason } = TONE[item.severity];
            const path = inAppPath(item.link);
            return (
              <li key={item.title + item.detail}>
                <Chip tone={tone} reason={reason}>
                  {word}
                </Chip>
                <span className="overview-attention-text">
                  <b>{proseText(item.title)}</b>
                  <span className="small">{proseText(item.detail)}</span>
                </span>
                {path && (
                  <Button small onClick={() => void navigate(path)}>
                    Show
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
