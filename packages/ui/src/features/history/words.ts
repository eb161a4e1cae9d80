import { type Change, ChangeKind, ChangeVerb } from '@muster/api';
import { csvOf, proseText, type Tone, toDate } from '../../components/index.ts';

export const VERBS = [
  { value: 'added', verb: ChangeVerb.ADDED, tone: 'ok' },
  { value: 'changed', verb: ChangeVerb.CHANGED, tone: 'warn' },
  { value: 'removed', verb: ChangeVerb.REMOVED, tone: 'bad' },
] as const satisfies readonly { value: string; verb: ChangeVerb; tone: Tone }[];

export const KINDS = [
  { value: 'entry', kind: ChangeKind.ENTRY },
  { value: 'agent', kind: ChangeKind.AGENT },
  { value: 'bundle', kind: ChangeKind.BUNDLE },
] as const;

export const SPANS = [
  { value: '1h', label: 'last hour', ms: 3_600_000 },
  { value: '24h', label: 'last 24 hours', ms: 86_400_000 },
  { value: '7d', label: 'last 7 days', ms: 7 * 86_400_000 },
  { value: '30d', label: 'last 30 days', ms: 30 * 86_400_000 },
] as const;

export const verbOf = (verb: ChangeVerb) => VERBS.find((one) => one.verb === verb);
export const kindOf = (kind: ChangeKind) => KINDS.find((one) => one.kind === kind)?.value ?? 'thing';

/** What changed, in a few words. */
export function summary(change: Change): string {
  if (change.verb === ChangeVerb.ADDED) return 'new';
  if (change.verb === ChangeVerb.REMOVED) return 'gone';
  return change.fields.map(({ field }) => proseText(field)).join(', ') || 'no field that is shown';
}

export function toCsv(changes: readonly Change[]): string {
  const head = [
    'seen at',
    'not before',
    'server',
    'kind',
    'what happened',
    'name',
    'entry id',
    'differences',
    'made by',
    'record',
  ];
  const rows = changes.map((change) => [
    toDate(change.seenAt)?.toISOString() ?? '',
    toDate(change.notBefore)?.toISOString() ?? '',
    change.connection,
    kindOf(change.kind),
    verbOf(change.verb)?.value ?? '',
    change.target,
    change.entryId,
    change.fields.map(({ field, before, after }) => `${field}: ${before} → ${after}`).join('; '),
    change.origin,
    change.recordId,
  ]);
  return csvOf([head, ...rows]);
}
