import { type Check, referencesOf } from '@muster/domain';
import { useState } from 'react';
import { CopyButton, Menu } from '../../components/index.ts';

const levels: Readonly<Record<Check['level'], string>> = {
  MUST: 'Breaking it makes the document not valid.',
  SHOULD: 'Recommended: breaking it is a warning.',
  DECL: 'A declaration of the specification, without the word MUST.',
  POLICY: 'Not in a specification: good practice.',
  MAY: 'A choice that the specification leaves open.',
};

/** The clause, and where its text stands in public: as text to copy, for the console itself opens no other site (S-11). */
export function ClauseCell({ check }: { readonly check: Check }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [open, setOpen] = useState(false);
  const references = referencesOf(check);
  const section = `${check.spec === '-' ? '' : check.spec} ${check.section}`.trim();
  return (
    <>
      <div>
        <span className="mono">{check.id}</span> · <abbr title={levels[check.level]}>{check.level}</abbr>
      </div>
      {references.length === 0 ? (
        <div>{section}</div>
      ) : (
        <button
          ref={setAnchor}
          type="button"
          className="inspect-section"
          aria-haspopup="dialog"
          aria-expanded={open}
          aria-label={`Where ${check.id} stands: ${section}`}
          onClick={() => setOpen(!open)}
        >
          {section}
        </button>
      )}
      {open && anchor && (
        <Menu anchor={anchor} label={`Where ${check.id} stands`} onClose={() => setOpen(false)}>
          <div className="inspect-references">
            {references.map(({ label, address }) => (
              <div key={label}>
                <div className="small">{label}</div>
                <div className="copy-line">
                  <span className="mono">{address}</span>
                  <CopyButton text={address} label={`Copy the address of ${label}`} />
                </div>
              </div>
            ))}
            <p className="small">Copied, not opened: the console leads to no other site.</p>
          </div>
        </Menu>
      )}
    </>
  );
}
