import type { OwnerKey } from '@muster/api';
import { Chip, proseText } from '../../components/index.ts';
import { keyState } from './words.ts';

/** Whether a key can sign, and why not. */
export function StateChip({ ownerKey }: { ownerKey: OwnerKey }) {
  const { tone, word, reason } = keyState(ownerKey);
  return (
    <Chip tone={tone} reason={proseText(reason)}>
      {word}
    </Chip>
  );
}
