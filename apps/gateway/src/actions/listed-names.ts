import { serverWords } from '../upstream/sentences.ts';

const most = 20;

/** Names that a server told, for a sentence: made safe to show, and no more than a person reads (S-22, S-40). */
export function listedNames(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const left = names.length - most;
  return `${names.slice(0, most).map(serverWords).join(', ')}${left > 0 ? `, and ${left} more` : ''}`;
}
