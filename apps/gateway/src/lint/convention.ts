/** How often each word stands at a place of paths with so many segments. */
export type SegmentCounts = Map<string, number>;

/** A form that paths have: words that are fixed, `*` where they differ. */
export interface PathForm {
  segments: readonly string[];
}

const mostKept = 4096;
const leastEntries = 20;
/** Of all entries, for a form to be one of the forms. */
const leastShare = 0.05;
/** Of all entries of that length, for a word to be fixed. */
const fixedShare = 0.6;
/** Of all entries, that must have one of the forms for it to be a convention. */
export const clearShare = 0.85;

export const segmentsOf = (spiffeId: string): string[] => spiffeId.split('/').slice(3);

/** Counts one path. Words beyond a bound are not kept: what is fixed comes often and early. */
export function countSegments(counts: SegmentCounts, spiffeId: string): void {
  const segments = segmentsOf(spiffeId);
  const length = segments.length;
  add(counts, `${length}`, 1);
  for (const [place, word] of segments.entries()) {
    const key = `${length} ${place} ${word}`;
    if (counts.size < mostKept || counts.has(key)) add(counts, key, 1);
  }
}

export function add(counts: SegmentCounts, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** Forms that may be the convention; none when nothing stands out. */
export function formsOf(counts: SegmentCounts): PathForm[] {
  const lengths = [...counts]
    .filter(([key]) => /^\d+$/u.test(key))
    .map(([key, n]) => ({ length: Number(key), n }));
  const all = lengths.reduce((sum, { n }) => sum + n, 0);
  if (all < leastEntries) return [];
  return lengths
    .filter(({ n, length }) => n >= all * leastShare && length > 0)
    .flatMap(({ length, n }) => {
      const segments = Array.from({ length }, (_, place) => {
        const prefix = `${length} ${place} `;
        const [best] = [...counts].filter(([key]) => key.startsWith(prefix)).toSorted((a, b) => b[1] - a[1]);
        return best && best[1] >= n * fixedShare ? best[0].slice(prefix.length) : '*';
      });
      // Without a fixed word any path of that length would do; without a free one it is no form.
      return segments.some((word) => word !== '*') && segments.includes('*') ? [{ segments }] : [];
    });
}

export function hasForm(spiffeId: string, forms: readonly PathForm[]): boolean {
  const segments = segmentsOf(spiffeId);
  return forms.some(
    (form) =>
      form.segments.length === segments.length &&
      form.segments.every((word, place) => word === '*' || word === segments[place]),
  );
}

export const formText = ({ segments }: PathForm): string => `/${segments.join('/')}`;
