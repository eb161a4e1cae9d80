import { create } from '@bufbuild/protobuf';
import { FieldChangeSchema, ItemOutcome, ItemResultSchema, PlannedChangeSchema } from '@muster/api';
import type { FieldChange, ItemResult, PlannedChange } from '@muster/api';
import { classify } from '../upstream/errors.ts';
import { refusal } from '../upstream/sentences.ts';

export function done(target: string, id = ''): ItemResult {
  return create(ItemResultSchema, { target, outcome: ItemOutcome.DONE, id });
}

export function refused(target: string, reason: string, id = ''): ItemResult {
  return create(ItemResultSchema, { target, outcome: ItemOutcome.REFUSED, reason, id });
}

export function skipped(target: string): ItemResult {
  return create(ItemResultSchema, {
    target,
    outcome: ItemOutcome.SKIPPED,
    reason: 'Not sent: the one before it did not get through.',
  });
}

export function stopped(target: string): ItemResult {
  return create(ItemResultSchema, {
    target,
    outcome: ItemOutcome.SKIPPED,
    reason: 'Not sent: it was stopped before.',
  });
}

/** The result of an item whose call failed: unknown when nobody can tell whether it took effect. */
export function failed(target: string, error: unknown): ItemResult {
  const fault = classify(error);
  if (!fault.outcomeUnknown) return refused(target, refusal(fault));
  return create(ItemResultSchema, {
    target,
    outcome: ItemOutcome.UNKNOWN,
    reason:
      'The connection broke while it was under way. The list shows what is there once it is back; do not repeat it before.',
  });
}

export function change(
  verb: string,
  kind: string,
  target: string,
  connection: string,
  fields: FieldChange[] = [],
): PlannedChange {
  return create(PlannedChangeSchema, { verb, kind, target, connection, fields });
}

export function fieldChange(field: string, before: string, after: string): FieldChange {
  return create(FieldChangeSchema, { field, before, after });
}

export function count(number: number, one: string, more: string): string {
  return `${number} ${number === 1 ? one : more}`;
}

/** "2 days", for lifetimes in seconds. */
export function duration(seconds: number): string {
  if (seconds % 86_400 === 0) return count(seconds / 86_400, 'day', 'days');
  if (seconds % 3600 === 0) return count(seconds / 3600, 'hour', 'hours');
  if (seconds % 60 === 0) return count(seconds / 60, 'minute', 'minutes');
  return count(seconds, 'second', 'seconds');
}
