import type { Change } from '@muster/api';
import { Chip, proseText } from '../../components/index.ts';
import { kindOf, verbOf } from './words.ts';

/** What happened to what kind of thing; who made it on hover. */
export function VerbChip({ change }: { change: Change }) {
  const verb = verbOf(change.verb);
  return (
    <Chip tone={verb?.tone ?? 'unknown'} reason={proseText(change.origin)}>
      {kindOf(change.kind)} {verb?.value ?? 'changed'}
    </Chip>
  );
}
