import type { ActionRecord } from '@muster/api';
import { Chip } from '../../components/index.ts';
import { recordState } from './state.ts';

/** How it ended; and that it was undone, once it was. */
export function RecordChip({ record }: { record: ActionRecord }) {
  const { tone, word, reason } = recordState(record);
  return (
    <Chip tone={tone} reason={reason}>
      {word}
    </Chip>
  );
}
