import { create } from '@bufbuild/protobuf';
import { Severity, WarningSchema } from '@muster/api';
import type { Warning } from '@muster/api';
import type { Inventory } from '../inventory/inventory.ts';
import type { StoredEntry } from '../inventory/store/query.ts';
import type { EntryFields, SelectorRow } from '../upstream/spire/rows.ts';

export function warn(code: string, text: string, severity: Severity = Severity.WARNING): Warning {
  return create(WarningSchema, { code, text, severity });
}

export function selectorSet(selectors: readonly SelectorRow[]): string {
  return selectors
    .map(({ type, value }) => JSON.stringify([type, value]))
    .toSorted()
    .join();
}

/** Selector types that say where a workload runs but not which it is, when nothing stands beside them. */
const broad = new Map<string, RegExp>([
  ['k8s', /^ns:/u],
  ['unix', /^(uid:0|gid:\d+|group:.*)$/u],
  ['docker', /^label:/u],
]);

/** What is risky in an entry by itself. */
export function fieldWarnings(fields: EntryFields, now: bigint): Warning[] {
  const out: Warning[] = [];
  if (fields.admin)
    out.push(
      warn(
        'admin',
        'Admin: whoever holds this SVID may change everything on its SPIRE server.',
        Severity.DANGER,
      ),
    );
  if (fields.downstream)
    out.push(
      warn(
        'downstream',
        'Downstream: its holder gets an intermediate CA and can issue SVIDs itself.',
        Severity.DANGER,
      ),
    );
  const [only] = fields.selectors;
  if (fields.selectors.length === 1 && only && broad.get(only.type)?.test(only.value)) {
    out.push(
      warn(
        'broad-selectors',
        `One selector, ${only.type}:${only.value}, fits every process that shares it. Add one that tells this workload from the rest.`,
      ),
    );
  }
  if (fields.expiresAt !== 0n && fields.expiresAt <= now) {
    out.push(
      warn('expired', 'Its expiry is in the past: SPIRE accepts it and prunes it within five minutes.'),
    );
  }
  return out;
}

/** Warnings of an entry that exists. */
export async function entryWarnings(
  inventory: Inventory,
  stored: StoredEntry,
  now: number,
): Promise<Warning[]> {
  const out = fieldWarnings(stored.row, BigInt(now));
  const same = await inventory.store.entriesBySpiffeId(stored.connection, stored.row.spiffeId, now);
  const others = same.filter(({ row }) => row.id !== stored.row.id && row.parentId === stored.row.parentId);
  const twins = others.filter(({ row }) => selectorSet(row.selectors) === selectorSet(stored.row.selectors));
  if (twins.length > 0)
    out.push(
      warn(
        'similar',
        `Entry ${twins.map(({ row }) => row.id).join(', ')} has the same ID, parent and selectors: one of them is not needed.`,
      ),
    );
  if (
    stored.row.hint !== '' &&
    same.some(({ row }) => row.id !== stored.row.id && row.hint === stored.row.hint)
  ) {
    out.push(
      warn(
        'hint-twice',
        'Another entry of this ID has the same hint: an agent gives out only the older one.',
      ),
    );
  }
  return out;
}
