import type { Change } from '../inventory/store/changes.ts';
import type { RecordSpan } from '../inventory/store/records-between.ts';

export interface Origin {
  record: RecordSpan | undefined;
  /** In words. */
  text: string;
}

/** What of an action changes what. */
const changedBy = new Map<Change['kind'], RegExp>([
  ['entry', /^(?:entry|bundle)\./u],
  ['agent', /^agent\./u],
  ['bundle', /^(?:bundle|federation|authority)\./u],
]);

const doing = new Map<Change['verb'], RegExp>([
  ['added', /create|clone|import|pair|set|refresh/u],
  ['changed', /update|import|set|refresh|ban|delete$/u],
  ['removed', /delete|evict|purge/u],
]);

/** Clock steps and the time between sending and writing it down, ms. */
const slack = 2000;

/**
 * Who made a change: an action of this console that was under way, or somebody else. What an action writes through is
 * marked by its two moments being one; of what a reading noticed, an action must at least name it.
 */
export function originOf(change: Change, records: readonly RecordSpan[]): Origin {
  const { kind, seenAt, notBefore, name, id, connection } = change;
  const fits = records.filter(
    ({ action, state }) => (changedBy.get(kind)?.test(action) ?? false) && state !== 'refused',
  );
  if (notBefore === seenAt) {
    const during = fits.filter(
      ({ from, to, state }) => from - slack <= seenAt && (seenAt <= to + slack || state === 'started'),
    );
    // Several at about the same time: the one that names it, that was under way just then, that does such a thing.
    const worth = (one: RecordSpan): number =>
      (names(one, name, id) ? 4 : 0) +
      (one.from <= seenAt && seenAt <= one.to ? 2 : 0) +
      (doing.get(change.verb)?.test(one.action) ? 1 : 0);
    const [record] = during.toSorted((a, b) => worth(b) - worth(a));
    return record
      ? { record, text: `Done from here: ${record.title}.` }
      : { record: undefined, text: 'Done from this console; its record is not in the log of activity.' };
  }
  const record = fits.find(
    ({ from, to, ...one }) => to + slack >= notBefore && from - slack <= seenAt && names(one, name, id),
  );
  return record
    ? { record, text: `An action of this console at that time names it: ${record.title}.` }
    : {
        record: undefined,
        text: `Made elsewhere, or by the server itself: noticed when ${connection} was read, and no action of this console names it.`,
      };
}

function names({ title, detail }: Pick<RecordSpan, 'title' | 'detail'>, name: string, id: string): boolean {
  const text = `${title}\n${detail}`;
  const whole = (word: string): boolean => {
    const at = word === '' ? -1 : text.indexOf(word);
    // `…/web` must not be found in `…/web-2`.
    return at >= 0 && !/[\w./-]/u.test(text[at + word.length] ?? '');
  };
  return whole(name) || whole(id);
}
