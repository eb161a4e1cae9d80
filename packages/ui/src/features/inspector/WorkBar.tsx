import { Button, formatCount } from '../../components/index.ts';
import './WorkBar.css';

export interface WorkBarProps {
  /** What is being done: "Reading", "Judging". */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly onCancel: () => void;
}

/** Long work, how far it is, and a way to stop it. */
export function WorkBar({ label, done, total, onCancel }: WorkBarProps) {
  return (
    <div className="workbar">
      <span className="num">
        {label} {formatCount(done)} of {formatCount(total)}
      </span>
      <progress aria-label={label} value={done} max={Math.max(1, total)} />
      <Button variant="quiet" small onClick={onCancel}>
        Stop
      </Button>
    </div>
  );
}
