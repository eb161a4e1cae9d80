import './Mark.css';

/** The mark and the name: several, called together. */
export function Mark() {
  return (
    <span className="mark">
      <svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
        <rect className="mark-c" x="1" y="8" width="9" height="9" rx="2.5" />
        <rect className="mark-b" x="9" y="2.5" width="8" height="8" rx="2.5" />
        <rect className="mark-a" x="1" y="1" width="11" height="11" rx="3" />
      </svg>
      Muster
    </span>
  );
}
