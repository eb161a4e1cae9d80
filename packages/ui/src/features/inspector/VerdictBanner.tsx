import { escapeText } from '@muster/domain';
import { Button, proseText } from '../../components/index.ts';
import { hasTokens, subjectOf } from './report.ts';
import { ReportMenu } from './ReportMenu.tsx';
import { needsAudience, verdictOf } from './sheet.ts';
import type { Judged } from './use-judgement.ts';
import './VerdictBanner.css';

export interface VerdictBannerProps {
  readonly judged: Judged;
  readonly audience: string;
  readonly onAudience: (audience: string) => void;
  readonly onCompare: () => void;
}

/** The verdict: two words, one sentence, and the report to take along. */
export function VerdictBanner({ judged, audience, onAudience, onCompare }: VerdictBannerProps) {
  const { judgement } = judged;
  const subjects = [subjectOf(judged)];
  const { tone, title, sentence } = verdictOf(judgement, audience);
  const offered =
    needsAudience(judgement, audience) && judgement.decoded.type === 'jwt-svid'
      ? judgement.decoded.audience.slice(0, 3)
      : [];
  return (
    <div className="inspect-verdict" data-tone={tone} role="status">
      <strong>{title}</strong>
      <span className="inspect-verdict-text">{proseText(sentence)}</span>
      <span className="inspect-verdict-do">
        {offered.map((name) => (
          <Button
            key={name}
            variant="primary"
            title={`Judge as ${escapeText(name)}`}
            onClick={() => onAudience(name)}
          >
            Judge as {escapeText(name)}
          </Button>
        ))}
        <Button onClick={onCompare}>Compare…</Button>
        <ReportMenu subjects={() => Promise.resolve(subjects)} tokens={hasTokens(subjects)} count={1} />
      </span>
    </div>
  );
}
