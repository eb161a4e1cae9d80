import { escapeText } from '@muster/domain/display';
import { CopyButton, Tooltip } from '../../components/index.ts';

/** A key id: its beginning, the whole on hover and in the clipboard. */
export function KeyName({ id, copy = true }: { id: string; copy?: boolean }) {
  const whole = escapeText(id);
  return (
    <span className="key-name">
      <Tooltip content={<span className="mono">{whole}</span>} shrink>
        <span className="mono key-text">{whole}</span>
      </Tooltip>
      {copy && <CopyButton text={whole} label="Copy key id" />}
    </span>
  );
}
