import { ContextTone } from '@muster/api';
import { kindNames } from './facts.ts';
import type { SvidFacts } from './facts.ts';
import { worstTone } from './finding.ts';
import type { Finding } from './finding.ts';

/** What decides the sentence at the top, the gravest first: what speaks against the document comes before its use. */
const leading = [
  'entry-gone-before',
  'authority-none',
  'authority-prepared',
  'authority-revoked',
  'authority-rotated-out',
  'authority-tainted',
  'entry-gone',
  'agent-banned',
  'agent-gone',
  'entry-none',
  'entry-does-not-fit',
  'agent-other-serial',
] as const;

/** In one sentence, and how grave it is. What it may be used for is not a fault: it does not colour the whole. */
export function summaryOf(
  facts: SvidFacts,
  findings: readonly Finding[],
): { summary: string; tone: ContextTone } {
  const has = (code: string): Finding | undefined => findings.find((one) => one.code === code);
  const what = kindNames[facts.kind];
  for (const code of leading) {
    const found = has(code);
    if (found) return { summary: `${found.title}.`, tone: found.tone };
  }
  const unasked = has('entry-unread') ?? has('server-none');
  if (unasked)
    return { summary: `${unasked.title}: who issued this ${what} is not known.`, tone: ContextTone.UNKNOWN };
  const issued = has('entry-issues') ?? has('agent-current') ?? has('server-own');
  const by = has('authority-active') ?? has('authority-old') ?? has('authority-in-bundle');
  const tone = worstTone(findings.filter(({ topic }) => topic <= 3));
  if (issued && by)
    return {
      summary: `${issued.title}; ${by.title.charAt(0).toLowerCase()}${by.title.slice(1)}.`,
      tone: tone === ContextTone.UNKNOWN ? ContextTone.GOOD : tone,
    };
  if (issued) return { summary: `${issued.title}; which key signed it is not known.`, tone };
  return { summary: `Who issued this ${what} is not known.`, tone: ContextTone.UNKNOWN };
}
