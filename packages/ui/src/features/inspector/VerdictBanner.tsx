import { escapeText } from '@muster/domain';
import { useState } from 'react';
import { Button, Menu, proseText } from '../../components/index.ts';
import { reportJson, reportMarkdown, type ReportInput } from './report.ts';
import { needsAudience, verdictOf } from './sheet.ts';

export interface VerdictBannerProps {
  readonly report: ReportInput;
  readonly onAudience: (audience: string) => void;
}

/** The verdict: two words, one sentence, and the report to take along. */
export function VerdictBanner({ report, onAudience }: VerdictBannerProps) {
  const { judgement, audience } = report;
  const { tone, title, sentence } = verdictOf(judgement, audience);
  const offered =
    needsAudience(judgement, audience) && judgement.decoded.type === 'jwt-svid'
      ? judgement.decoded.audience.slice(0, 3)
      : [];
  return (
    <div className="inspect-verdict" data-tone={tone} role="status">
      <strong>{title}</strong>
      <span className="inspect-verdict-text">{proseText(sentence)}</span>
      {offered.map((name) => (
        <Button key={name} variant="primary" onClick={() => onAudience(name)}>
          Judge as {escapeText(name)}
        </Button>
      ))}
      <ReportMenu report={report} />
    </div>
  );
}

function ReportMenu({ report }: { readonly report: ReportInput }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState('');
  const copy = async (text: string, what: string) => {
    setOpen(false);
    try {
      await navigator.clipboard.writeText(text);
      setSaid(`${what} copied`);
    } catch {
      setSaid('Could not copy');
    }
    setTimeout(() => setSaid(''), 2000);
  };
  return (
    <>
      <Button ref={setAnchor} aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(!open)}>
        {said === '' ? 'Report ▾' : said}
      </Button>
      {open && anchor && (
        <Menu anchor={anchor} label="Report" onClose={() => setOpen(false)}>
          <div className="menu-list">
            <button
              type="button"
              className="menu-option"
              onClick={() => void copy(reportMarkdown(report), 'Markdown')}
            >
              Copy as Markdown
            </button>
            <button
              type="button"
              className="menu-option"
              onClick={() => void copy(reportJson(report), 'JSON')}
            >
              Copy as JSON
            </button>
            <p className="small menu-none">Without the document; tokens lose their signature.</p>
          </div>
        </Menu>
      )}
    </>
  );
}
