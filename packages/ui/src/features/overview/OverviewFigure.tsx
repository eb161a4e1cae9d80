import { formatCount } from '../../components/index.ts';

/** A count and what it counts; red where a person is needed. */
export function Figure({ value, label, bad }: { value: number | bigint; label: string; bad?: boolean }) {
  return (
    <span className={bad ? 'figure bad' : 'figure'}>
      <b className="num">{formatCount(value)}</b> <span>{label}</span>
    </span>
  );
}
