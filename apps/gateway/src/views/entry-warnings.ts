import { create } from '@bufbuild/protobuf';
import { Severity, WarningSchema } from '@muster/api';
import type { Warning } from '@muster/api';
import type { Inventory } from '../inventory/inventory.ts';
import type { StoredEntry } from '../inventory/store/query.ts';
import { severityOf } from '../lint/catalog.ts';
import { entryProblems, fieldProblems, twinProblems } from '../lint/rules.ts';
import type { LintFacts, Problem } from '../lint/rules.ts';
import type { EntryFields } from '../upstream/spire/rows.ts';

export { selectorSet } from '../lint/rules.ts';

export function warn(code: string, text: string, severity: Severity = Severity.WARNING): Warning {
  return create(WarningSchema, { code, text, severity });
}

/** Rights are common on a page of health; where one entry is looked at or planned they are what matters most. */
const grave: ReadonlySet<string> = new Set(['admin', 'downstream']);
const toWarning = ({ code, text }: Problem): Warning =>
  warn(code, text, grave.has(code) ? Severity.DANGER : severityOf(code));

/** What is risky in an entry by itself. */
export function fieldWarnings(fields: EntryFields, now: bigint): Warning[] {
  return fieldProblems(fields, now).map(toWarning);
}

/** Warnings of an entry that exists; `facts` of its server. What its state says already is left out. */
export async function entryWarnings(
  inventory: Inventory,
  stored: StoredEntry,
  facts: LintFacts | undefined,
): Promise<Warning[]> {
  const twins = await inventory.store.entryTwins(stored.connection, stored.row);
  const own = facts ? entryProblems(stored.row, 0, facts) : [];
  return [...own, ...twinProblems(stored.row, twins)].map(toWarning);
}
