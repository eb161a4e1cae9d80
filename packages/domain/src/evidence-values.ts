import { isJsonArray, isJsonObject, JsonNumber, type JsonValue } from './json.ts';

/** What one workload is known by. */
export interface Workload {
  /** To tell several apart: a container, a process. */
  readonly name: string;
  readonly selectors: readonly { readonly type: string; readonly value: string }[];
  /** What the document cannot tell, as `type`, `type:key` or `type:key:name`; `*`: everything that is not given. */
  readonly unknown: readonly string[];
}

export type EvidenceKind = 'selectors' | 'pod' | 'docker' | 'process' | 'log';

export interface Evidence {
  readonly kind: EvidenceKind;
  /** The likeliest first. */
  readonly workloads: readonly Workload[];
  /** What was assumed, left out or not understood, in sentences. */
  readonly notes: readonly string[];
}

/** Most containers, processes or selectors read from one document. */
export const evidenceLimits = { bytes: 1024 * 1024, workloads: 64, selectors: 256 } as const;

/** A member at a path of names; undefined where there is none. Objects are Maps, so `__proto__` finds nothing. */
export function at(value: JsonValue | undefined, ...names: readonly string[]): JsonValue | undefined {
  let here = value;
  for (const name of names) here = isJsonObject(here) ? here.get(name) : undefined;
  return here;
}

/** A scalar as it was written; empty when there is none. */
export function textAt(value: JsonValue | undefined, ...names: readonly string[]): string {
  const found = at(value, ...names);
  if (typeof found === 'string') return found;
  if (found instanceof JsonNumber) return found.raw;
  return typeof found === 'boolean' ? String(found) : '';
}

export function listAt(value: JsonValue | undefined, ...names: readonly string[]): readonly JsonValue[] {
  const found = at(value, ...names);
  return isJsonArray(found) ? found : [];
}

/** Names and values of a flat object. */
export function pairsAt(value: JsonValue | undefined, ...names: readonly string[]): [string, string][] {
  const found = at(value, ...names);
  return isJsonObject(found) ? [...found.keys()].map((name) => [name, textAt(found, name)]) : [];
}

/** Selectors of one type, without empty values and without repeats. */
export function selectorsOf(type: string, values: readonly string[]): { type: string; value: string }[] {
  return [...new Set(values)].map((value) => ({ type, value }));
}
