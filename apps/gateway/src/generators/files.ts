import { Document, parseAllDocuments } from 'yaml';
import { readHcl, writeHcl } from './hcl.ts';
import type { HclItem } from './hcl.ts';
import type { File } from './types.ts';

/** A file of HCL, read back before it is given out: what cannot be read again is a mistake of ours. */
export function hclFile(name: string, items: HclItem[], note = ''): File {
  const text = writeHcl(items);
  readHcl(text);
  return { name, mediaType: 'text/plain', text, checked: join('Read back as HCL.', note) };
}

/** A file of YAML documents, with comments before the first; read back and compared. */
export function yamlFile(
  name: string,
  documents: readonly object[],
  head: readonly string[],
  note = '',
): File {
  const text = documents
    .map((one, index) => {
      // Kubernetes reads YAML 1.1, where a bare yes or 0600 is no text.
      const document = new Document(one, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
      if (index === 0 && head.length > 0)
        document.commentBefore = head.map((line) => ` ${line.replaceAll(/\s+/gu, ' ')}`).join('\n');
      return document.toString({ lineWidth: 0 });
    })
    .join('---\n');
  const back = parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw new Error('it does not read back as YAML');
    return document.toJS() as unknown;
  });
  if (JSON.stringify(back) !== JSON.stringify(documents)) throw new Error('it reads back as something else');
  return {
    name,
    mediaType: 'application/yaml',
    text,
    checked: join('Read back as YAML and compared.', note),
  };
}

const join = (...sentences: string[]): string => sentences.filter((one) => one !== '').join(' ');
