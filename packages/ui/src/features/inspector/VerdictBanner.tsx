import { proseText } from '../../components/index.ts';
import { useState } from 'react';
import { Button, Menu } from '../../components/index.ts';
import { reportJson, reportMarkdown, type ReportInput } from './report.ts';
import { verdictOf } from './sheet.ts';

/** The verdict: two words, one sentence, and the report to take along. */
export function VerdictBanner({ report }: { readonly report: ReportInput }) {
  const { tone, title, sentence } = verdictOf(report.judgement);
  return (
    <div className="inspect-verdict" data-tone={tone} role="status">
      <strong>{title}</strong>
      <span className="inspect-verdict-text">{proseText(sentence)}</span>
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
