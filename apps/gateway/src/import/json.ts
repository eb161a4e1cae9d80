import type { RawFile } from './csv.ts';
import { objectRow } from './object-row.ts';

/** Reads `[…]` or `{"entries": […]}`. */
export function readJson(text: string): RawFile {
  const file: RawFile = { rows: [], problems: [], notes: [] };
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/u, ''));
  } catch (error) {
    const at = /position (\d+)/u.exec(error instanceof Error ? error.message : '')?.[1];
    const line = at === undefined ? 0 : lineAt(text, Number(at));
    file.problems.push({ line, field: '', message: 'this is not JSON: it cannot be read from here on.' });
    return file;
  }
  const items = listOf(value);
  if (!items) {
    file.problems.push({ line: 0, field: '', message: notAList });
    return file;
  }
  const lines = elementLines(text, Array.isArray(value) ? 1 : 2);
  items.forEach((item, index) => file.rows.push(objectRow(item, lines[index] ?? 0, file.notes)));
  return file;
}

export const notAList =
  'expected a list of entries, or an object whose "entries" is one, as spire-server entry create -data takes it.';

/** The list of entries in a document of any shape that has one. */
export function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = new Map<string, unknown>(Object.entries(value)).get('entries');
  return Array.isArray(entries) ? entries : undefined;
}

function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/**
 * Lines on which the objects at this depth begin. The text is known to be JSON, so quotes and brackets are all there
 * is to look at. In `{"entries": […]}` other lists have no objects at depth 2, or are not read at all.
 */
function elementLines(text: string, depth: number): number[] {
  const out: number[] = [];
  let line = 1;
  let level = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 10) line += 1;
    else if (quoted) {
      if (char === 92) at += 1;
      else if (char === 34) quoted = false;
    } else if (char === 34) quoted = true;
    else if (char === 123 || char === 91) {
      if (level === depth && char === 123) out.push(line);
      level += 1;
    } else if (char === 125 || char === 93) level -= 1;
  }
  return out;
}
