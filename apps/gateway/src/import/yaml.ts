import { isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Node } from 'yaml';
import type { RawFile } from './csv.ts';
import { listOf, notAList } from './json.ts';
import { objectRow } from './object-row.ts';

/** Reads YAML of the same shapes as JSON. */
export function readYaml(text: string): RawFile {
  const file: RawFile = { rows: [], problems: [], notes: [] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, schema: 'core' });
  const broken = document.errors[0];
  if (broken) {
    const message =
      broken.code === 'DUPLICATE_KEY'
        ? 'the same key is there twice.'
        : broken.code === 'MULTIPLE_DOCS'
          ? 'a second document begins here; all entries belong into one.'
          : 'this is not YAML: it cannot be read from here on. Look at the indentation and at quotes.';
    file.problems.push({ line: lines.linePos(broken.pos[0]).line, field: '', message });
    return file;
  }
  let value: unknown;
  try {
    // Aliases can make a small file expand without bound.
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    file.problems.push({ line: 0, field: '', message: 'its aliases expand too far.' });
    return file;
  }
  const items = listOf(value);
  if (!items) {
    file.problems.push({ line: 0, field: '', message: notAList });
    return file;
  }
  const root = document.contents;
  const list = isMap(root) ? root.get('entries') : root;
  const nodes: unknown[] = isSeq(list) ? list.items : [];
  items.forEach((item, index) => {
    const node = nodes[index];
    const start = isNode(node) ? (node as Node).range?.[0] : undefined;
    file.rows.push(objectRow(item, start === undefined ? 0 : lines.linePos(start).line, file.notes));
  });
  return file;
}
