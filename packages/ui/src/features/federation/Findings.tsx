import type { FederationFinding, Remedy } from '@muster/api';
import { Link } from '@tanstack/react-router';
import { Button, Chip, proseText, TrustDomainTag } from '../../components/index.ts';
import { remedyLink, remedyPlan, SEVERITY } from './state.ts';

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
          const { tone, word, reason } = SEVERITY[finding.severity];
          return (
            <li key={`${finding.connection} ${finding.peer} ${finding.code}`} className="card">
              <div className="finding-head">
                <Chip tone={tone} reason={reason}>
                  {word}
                </Chip>
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
  const link = remedyLink(remedy);
  return link ? (
    <Link className="btn small-btn" to={link.to} search={link.search}>
      {proseText(remedy.title)}
    </Link>
  ) : null;
}
