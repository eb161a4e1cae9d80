import type { ReportSubject } from '@muster/domain/report-types';
import { useState } from 'react';
import { Button, Checkbox, Menu, saveText } from '../../components/index.ts';
import { type ReportFormat, reportFiles, reportFormats, reportName, writeReport } from './report.ts';
import './ReportMenu.css';

export interface ReportMenuProps {
  /** What the report is on. Asked for when one is made, because it may take a moment. */
  readonly subjects: () => Promise<readonly ReportSubject[]>;
  /** There are tokens among them, whose headers and claims may be wanted. */
  readonly tokens: boolean;
  /** How many documents there are. */
  readonly count: number;
}

/** A report to keep, to hand on or to paste: as a file or on the clipboard. */
export function ReportMenu({ subjects, tokens, count }: ReportMenuProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [open, setOpen] = useState(false);
  const [claims, setClaims] = useState(false);
  const [said, setSaid] = useState('');

  const make = async (format: ReportFormat, use: (text: string, name: string) => unknown, done: string) => {
    setOpen(false);
    anchor?.focus();
    setSaid('Making it…');
    try {
      const given = await subjects();
      const text = await writeReport(given, format, { showClaims: tokens && claims });
      await use(text, reportName(given));
      setSaid(done);
    } catch {
      setSaid('Could not be made');
    }
    setTimeout(() => setSaid(''), 2500);
  };
  const save = (format: ReportFormat) => {
    const { extension, type } = reportFiles[format];
    void make(format, (text, name) => saveText(`${name}.${extension}`, type, text), 'Saved');
  };
  const copy = (format: 'markdown' | 'json') =>
    void make(format, (text) => navigator.clipboard.writeText(text), `${reportFiles[format].label} copied`);

  return (
    <>
      <Button
        ref={setAnchor}
        aria-haspopup="dialog"
        aria-expanded={open}
        busy={said === 'Making it…'}
        onClick={() => setOpen(!open)}
      >
        <span aria-live="polite">{said === '' ? 'Report ▾' : said}</span>
      </Button>
      {open && anchor && (
        <Menu anchor={anchor} label="Report" onClose={() => setOpen(false)}>
          <div className="menu-list">
            {reportFormats.map((format) => (
              <button key={format} type="button" className="menu-option" onClick={() => save(format)}>
                <span>Save as {reportFiles[format].label}</span>
                <span className="menu-count">.{reportFiles[format].extension}</span>
              </button>
            ))}
            <button type="button" className="menu-option" onClick={() => copy('markdown')}>
              Copy as Markdown
            </button>
            <button type="button" className="menu-option" onClick={() => copy('json')}>
              Copy as JSON
            </button>
          </div>
          <div className="report-menu-foot">
            {tokens && (
              <Checkbox label="With the headers and claims of tokens" checked={claims} onChange={setClaims} />
            )}
            <p className="small">
              {count > 1 ? `On all ${count} documents. ` : ''}Every clause with its evidence, the facts, and
              what it was judged with. Never in it: the document itself, the signature of a token, a private
              key.
            </p>
          </div>
        </Menu>
      )}
    </>
  );
}
