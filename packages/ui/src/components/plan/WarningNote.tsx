import { Severity } from '@muster/api';
import { AppLink } from '../AppLink.tsx';
import { proseText } from '../text.ts';
import './plan.css';

const WORD: Record<Severity, string> = {
  [Severity.UNSPECIFIED]: 'Note.',
  [Severity.INFO]: 'Note.',
  [Severity.WARNING]: 'Look.',
  [Severity.DANGER]: 'Danger.',
};
const KIND: Record<Severity, string> = {
  [Severity.UNSPECIFIED]: 'plan-warning note',
  [Severity.INFO]: 'plan-warning note',
  [Severity.WARNING]: 'plan-warning',
  [Severity.DANGER]: 'plan-warning danger',
};

interface Props {
  warning: { severity: Severity; text: string; link?: string };
  as?: 'div' | 'li' | 'p';
}

/** A sentence that a person should read before going on: how grave, what, and where to go. */
export function WarningNote({ warning: { severity, text, link }, as: Element = 'div' }: Props) {
  return (
    <Element className={KIND[severity]}>
      <b>{WORD[severity]}</b> {proseText(text)}
      {link && (
        <>
          {' '}
          <AppLink link={link}>{link.startsWith('/generate') ? 'Generate it' : 'Show'}</AppLink>
        </>
      )}
    </Element>
  );
}
