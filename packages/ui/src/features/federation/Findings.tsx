import type { FederationFinding, Remedy } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { AppLink, Button, proseText, SeverityChip, TrustDomainTag } from '../../components/index.ts';
import { remedyPlan } from './state.ts';

interface Props {
  findings: readonly FederationFinding[];
  /** Says of which pair each is. */
  named?: boolean;
  onRemedy: (plan: NonNullable<ReturnType<typeof remedyPlan>>) => void;
}

/** What the doctor found, worst first: seen, not known, and what mends it. */
export function Findings({ findings, named, onRemedy }: Props) {
  return (
    <ul className="findings">
      {findings
        .toSorted((a, b) => b.severity - a.severity)
        .map((finding) => {
          return (
            <li key={`${finding.connection} ${finding.peer} ${finding.code}`} className="card">
              <div className="finding-head">
                <SeverityChip severity={finding.severity} />
                <b>{proseText(finding.title)}</b>
              </div>
              {named && (
                <Link
                  className="finding-pair small"
                  to="/federation"
                  search={{ id: `${finding.connection}/${finding.peer}` }}
                >
                  {proseText(finding.connection)} → <TrustDomainTag name={finding.peer} />
                </Link>
              )}
              {finding.detail && <p className="finding-detail">{proseText(finding.detail)}</p>}
              {finding.unknown && (
                <p className="small">
                  <b>Not known:</b> {proseText(finding.unknown)}
                </p>
              )}
              {finding.remedies.length > 0 && (
                <div className="row">
                  {finding.remedies.map((remedy) => (
                    <RemedyButton key={remedy.title} remedy={remedy} onRemedy={onRemedy} />
                  ))}
                </div>
              )}
            </li>
          );
        })}
    </ul>
  );
}

function RemedyButton({ remedy, onRemedy }: { remedy: Remedy; onRemedy: Props['onRemedy'] }) {
  const plan = remedyPlan(remedy);
  if (plan)
    return (
      <Button small onClick={() => onRemedy(plan)}>
        {proseText(remedy.title)}…
      </Button>
    );
  return (
    <AppLink link={remedy.link} className="btn small-btn">
      {proseText(remedy.title)}
    </AppLink>
  );
}
