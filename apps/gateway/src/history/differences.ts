import { allFields, diff } from '../actions/entry-diff.ts';
import { keysOf } from '../doctor/keys.ts';
import type { Change } from '../inventory/store/changes.ts';
import type { AgentRow, BundleRow } from '../upstream/spire/rows.ts';
import { iso } from '../views/times.ts';

export interface Difference {
  field: string;
  before: string;
  after: string;
}

type Shown<T> = readonly [string, (row: T) => string];

const agentFields: readonly Shown<AgentRow>[] = [
  ['Attested by', (one) => one.attestationType],
  [
    'Selectors',
    (one) =>
      one.selectors
        .map(({ type, value }) => `${type}:${value}`)
        .toSorted()
        .join('\n'),
  ],
  ['Banned', (one) => (one.banned ? 'yes' : 'no')],
  ['Attests again', (one) => (one.canReattest ? 'yes' : 'no')],
  ['Version', (one) => one.version],
];

type Bundle = Omit<BundleRow, 'readAt'>;
const keys = (bundle: Bundle, kind: 'x509' | 'jwt'): string =>
  keysOf(bundle)
    .filter((key) => key.kind === kind)
    .map((key) => `${key.id}${key.tainted ? ' (tainted)' : ''}`)
    .toSorted()
    .join('\n');
const bundleFields: readonly Shown<Bundle>[] = [
  ['X.509 authorities', (one) => keys(one, 'x509')],
  ['JWT authorities', (one) => keys(one, 'jwt')],
  ['Refresh hint', (one) => `${one.refreshHint} s`],
  ['Sequence number', (one) => `${one.sequenceNumber}`],
];

/** Fields that differ; of a removal what it had. An addition has none: it is there to be looked at. */
export function differencesOf(change: Change): Difference[] {
  switch (change.kind) {
    case 'entry': {
      const { before, after } = change;
      if (before && after) {
        const { changes } = diff(before, after);
        return changes.map(({ field, before: was, after: is }) => ({ field, before: was, after: is }));
      }
      const one = before ?? after;
      return one
        ? allFields(one, before ? 'before' : 'after').map(({ field, before: was, after: is }) => ({
            field,
            before: was,
            after: is,
          }))
        : [];
    }
    case 'agent':
      return differing(agentFields, change.before, change.after, (one) => [
        { field: 'SVID expired or expires', before: iso(one.expiresAt), after: '' },
      ]);
    default:
      return differing(bundleFields, change.before, change.after, () => []);
  }
}

function differing<T>(
  fields: readonly Shown<T>[],
  before: T | undefined,
  after: T | undefined,
  removed: (row: T) => Difference[],
): Difference[] {
  const text = (row: T | undefined, show: (row: T) => string): string => (row ? show(row) : '');
  const out = fields
    .map(([field, show]) => ({ field, before: text(before, show), after: text(after, show) }))
    .filter((one) => one.before !== one.after);
  return before && !after ? [...out, ...removed(before)] : out;
}
