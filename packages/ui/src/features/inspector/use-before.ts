import { useState } from 'react';
import type { InspectedDocument } from './documents.ts';
import type { Workbench } from './workbench.ts';

/** More than a person compares with. */
const most = 4;
const nothing: readonly InspectedDocument[] = [];

interface Seen {
  readonly documents: readonly InspectedDocument[];
  readonly subject: InspectedDocument | undefined;
  readonly before: readonly InspectedDocument[];
}

/**
 * Documents that were judged before the one that is judged now, and that newer ones took the place of; oldest first. They are
 * forgotten with the bench (S-14), and what a person removes is not kept.
 */
export function useBefore({ documents, subject: id }: Pick<Workbench, 'documents' | 'subject'>) {
  const subject = documents.find((document) => document.id === id);
  const [seen, setSeen] = useState<Seen>({ documents, subject, before: nothing });
  if (seen.documents === documents && seen.subject === subject) return seen.before;
  const before = beforeNow(seen, documents);
  setSeen({ documents, subject, before });
  return before;
}

export function beforeNow(seen: Seen, documents: readonly InspectedDocument[]): readonly InspectedDocument[] {
  if (documents.length === 0) return nothing;
  // A file that is read again keeps its id: the bytes tell.
  const has = (list: readonly InspectedDocument[], one: InspectedDocument) =>
    list.some((document) => document.id === one.id && document.bytes === one.bytes);
  const given = documents.some((document) => !has(seen.documents, document));
  const replaced = given && seen.subject && !has(documents, seen.subject) ? [seen.subject] : [];
  return replaced.length === 0 ? seen.before : [...seen.before, ...replaced].slice(-most);
}
