import type { GetOverviewResponse_Attention } from '@muster/api';
import { useNavigate } from '@tanstack/react-router';
import { appPath, Button, Chip, proseText, SeverityChip } from '../../components/index.ts';

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
            const path = appPath(item.link);
            return (
              <li key={item.title + item.detail}>
                <SeverityChip severity={item.severity} />
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
