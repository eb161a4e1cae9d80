import type { DiagnoseFederationResponse } from '@muster/api';
import { Button, Chip, ErrorState, Skeleton } from '../../components/index.ts';
import { Findings } from './Findings.tsx';
import type { remedyPlan } from './state.ts';

interface Props {
  diagnosis: DiagnoseFederationResponse | undefined;
  error: unknown;
  retry: () => void;
  /** The endpoints were asked too, or are being asked. */
  probe: boolean;
  asking: boolean;
  onProbe: () => void;
  trustDomain: string | undefined;
  onRemedy: (plan: NonNullable<ReturnType<typeof remedyPlan>>) => void;
}

/** Everything the doctor finds, of every pair, worst first. */
export function Doctor({ diagnosis, error, retry, probe, asking, onProbe, trustDomain, onRemedy }: Props) {
  const pairs = diagnosis?.lookedAt.filter(
    (one) => !trustDomain || one.trustDomain === trustDomain || one.peer === trustDomain,
  );
  const within = new Set(pairs?.map((one) => `${one.connection}/${one.peer}`));
  const findings = diagnosis?.findings.filter((one) => within.has(`${one.connection}/${one.peer}`)) ?? [];
  return (
    <div className="doctor">
      <div className="row">
        <p className="small grow">
          {probe
            ? 'The bundle endpoints were asked from this gateway too, each authenticated as its profile says.'
            : 'From what the servers say. Ask the endpoints as well to compare their live keys with the copies; this gateway does the asking and changes nothing.'}
        </p>
        <Button busy={asking} onClick={onProbe}>
          {probe ? 'Ask the endpoints again' : 'Ask the endpoints'}
        </Button>
      </div>
      {error !== undefined && error !== null && !diagnosis ? (
        <ErrorState error={error} retry={retry} />
      ) : !diagnosis ? (
        <Skeleton rows={6} />
      ) : findings.length === 0 ? (
        <p>
          <Chip tone="ok" reason="No rule found anything.">
            nothing found
          </Chip>{' '}
          {pairs?.length ?? 0} {pairs?.length === 1 ? 'direction' : 'directions'} looked at.
        </p>
      ) : (
        <Findings findings={findings} named onRemedy={onRemedy} />
      )}
    </div>
  );
}
