import type { Approval } from '@muster/api';
import { toDate, useTicking } from '../../components/index.ts';

interface Props {
  approval: Approval;
  /** How far the gateway's clock is ahead of ours, ms. */
  ahead: number;
}

/** Less than this is a hurry, seconds. */
const HURRY = 15;

/** How long it waits yet, in words and as a bar that runs out. */
export function Countdown({ approval, ahead }: Props) {
  const deadline = toDate(approval.deadline)?.getTime() ?? 0;
  const asked = toDate(approval.askedAt)?.getTime() ?? 0;
  const left = useTicking((now) => Math.max(0, Math.ceil((deadline - now - ahead) / 1000)));
  const share = deadline > asked ? Math.min(1, (left * 1000) / (deadline - asked)) : 0;
  return (
    <span className={left < HURRY ? 'approval-clock hurry' : 'approval-clock'}>
      <span className="approval-bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span className="num" title="It is denied by itself then: the channel manager gives up after 60 s.">
        {left > 0 ? `${left} s left` : 'time is up'}
      </span>
    </span>
  );
}
