import { type Parsed, parsed, refused } from './result.ts';

/** A selector such as `k8s:ns:default`: type `k8s`, value `ns:default`. */
export interface Selector {
  readonly type: string;
  readonly value: string;
}

/** Parses `type:value` as SPIRE does: the type has no colon, the value may, and neither is empty. */
export function parseSelector(text: string): Parsed<Selector> {
  const colon = text.indexOf(':');
  if (colon < 0) return refused('selector-no-colon', 'A selector is written type:value.');
  if (colon === 0) return refused('selector-empty-type', 'The selector has no type before the colon.');
  if (colon === text.length - 1)
    return refused('selector-empty-value', 'The selector has no value after the colon.');
  return parsed(Object.freeze({ type: text.slice(0, colon), value: text.slice(colon + 1) }));
}

/** `type:value`. */
export function formatSelector(selector: Selector): string {
  return `${selector.type}:${selector.value}`;
}
