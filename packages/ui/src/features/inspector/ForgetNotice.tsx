import { Button } from '../../components/index.ts';
import { forgetAfter, useForgetting } from './use-forgetting.ts';

export interface ForgetNoticeProps {
  readonly keep: boolean;
  /** Files on disk are watched: nobody is at the keyboard meanwhile. */
  readonly watched: boolean;
  readonly token: boolean;
  readonly onKeep: (keep: boolean) => void;
  readonly onForget: () => void;
}

/** Says when the document is forgotten, and lets a person hold on to it. */
export function ForgetNotice({ keep, watched, token, onKeep, onForget }: ForgetNoticeProps) {
  const left = useForgetting(!keep, onForget);
  const soon = !keep && left <= 20;
  return (
    <div className="inspect-forget" data-soon={soon}>
      <span role={soon ? 'status' : undefined}>
        {keep
          ? `Kept in this window ${watched ? 'while files are watched, ' : ''}until you leave the page${token ? ': a token is as good as its owner' : ''}.`
          : left > forgetAfter - 5
            ? `Forgotten after ${forgetAfter} s without use.`
            : `Forgotten in ${left} s.`}
      </span>
      <span className="row">
        <Button variant="quiet" small onClick={() => onKeep(!keep)}>
          {keep ? 'Let go' : 'Keep'}
        </Button>
        <Button variant="quiet" small onClick={onForget}>
          Forget now
        </Button>
      </span>
    </div>
  );
}
