import './States.css';

const WIDTHS = [62, 48, 71, 55, 66];

/** Rows of the shape that will come, so nothing moves when it does. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        <div className="skeleton-row" key={i}>
          <span className="skeleton-bar" style={{ width: `${WIDTHS[i % WIDTHS.length]}%` }} />
        </div>
      ))}
    </div>
  );
}
