import { type FederationRelationship, Severity } from '@muster/api';
import { proseText, SeverityChip } from '../../components/index.ts';

/** What the doctor says of one direction, without asking the endpoint. */
export function StateChip({ one }: { one: FederationRelationship }) {
  const calm =
    one.severity === Severity.UNSPECIFIED
      ? 'The doctor finds nothing wrong, without asking the endpoint.'
      : '';
  return <SeverityChip severity={one.severity} reason={proseText(one.reason) || calm} />;
}
