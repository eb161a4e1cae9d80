import { Button } from './Button.tsx';
import { errorWords } from './errors.ts';
import './States.css';
import { proseText } from './text.ts';

interface Props {
  error: unknown;
  retry?: (() => void) | undefined;
}

/** What went wrong, why in the server's words, and what to do. */
export function ErrorState({ error, retry }: Props) {
  const { what, why, todo } = errorWords(error);
  return (
    <div className="state error" role="alert">
      <h2>{what}</h2>
      {why && <p className="mono">{proseText(why)}</p>}
      <p>{todo}</p>
      {retry && (
        <div className="state-action">
          <Button onClick={retry}>Try again</Button>
        </div>
      )}
    </div>
  );
}
