import type { RosterEvent } from '@muster/api';
import { Chip, proseText } from '../../components/index.ts';
import { kindOf } from './words.ts';

/** What happened; why on hover. */
export function KindChip({ event }: { event: RosterEvent }) {
  const kind = kindOf(event.kind);
  return (
    <Chip tone={kind?.tone ?? 'unknown'} reason={proseText(event.note) || (kind?.reason ?? 'Not told.')}>
      {kind?.value ?? 'unknown'}
    </Chip>
  );
}
