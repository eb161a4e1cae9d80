import { describe, expect, it } from 'vitest';
import type { HeldBundle } from './bundles.ts';
import { compareChoices, shownFields } from './comparing.ts';
import type { InspectedDocument } from './documents.ts';
import { beforeNow } from './use-before.ts';

const document = (id: string, kind: InspectedDocument['kind'], authorities = false): InspectedDocument => ({
  id,
  name: `${id}.pem`,
  kind,
  authorities,
  bytes: new TextEncoder().encode(id),
});
const held = (trustDomain: string, key = 'server:spire-a'): HeldBundle => ({
  key,
  trustDomain,
  source: 'spire-a',
  holds: 'all',
  sequence: '4',
  readAt: undefined,
  bytes: new Uint8Array(),
});

describe('what a document can be compared with', () => {
  const subject = document('leaf', 'x509-svid');
  const labels = (...args: Parameters<typeof compareChoices>) =>
    compareChoices(...args).map(({ label }) => label);
  it('is of its own kind: what was judged before, then what lies beside it', () => {
    expect(
      labels(
        subject,
        [subject, document('b', 'x509-svid'), document('t', 'jwt-svid'), document('ca', 'x509-svid', true)],
        [document('older', 'x509-svid'), document('old', 'x509-svid')],
        [held('org-a.test')],
        'org-a.test',
      ),
    ).toEqual([
      'old.pem (X.509-SVID, the one before)',
      'older.pem (X.509-SVID, 2 before)',
      'b.pem (X.509-SVID, given here)',
    ]);
  });
  it('is every known bundle for a bundle, those of its trust domain first', () => {
    const bundle = document('bundle', 'bundle', true);
    const all = [held('org-b.test'), held('org-a.test'), held('org-a.test', 'dropped:bundle')];
    expect(labels(bundle, [bundle, document('ca', 'x509-svid', true)], [], all, 'org-a.test')).toEqual([
      'ca.pem (X.509-SVID, given here)',
      'org-a.test, spire-a, sequence 4',
      'org-b.test, spire-a, sequence 4',
    ]);
  });
  it('is the same file as it was before it was read again', () => {
    const again = { ...subject, bytes: new TextEncoder().encode('rotated') };
    expect(labels(again, [again], [subject], [], undefined)).toEqual([
      'leaf.pem (X.509-SVID, the one before)',
    ]);
  });
});

describe('what was judged before', () => {
  const [one, two, other] = [document('1', 'jwt-svid'), document('2', 'jwt-svid'), document('3', 'jwt-svid')];
  const seen = { documents: [one], subject: one, before: [] };
  it('is kept when another takes its place', () => {
    expect(beforeNow(seen, [two])).toEqual([one]);
    expect(beforeNow({ documents: [two], subject: two, before: [one] }, [other])).toEqual([one, two]);
    const read = { ...one, bytes: new TextEncoder().encode('again') };
    expect(beforeNow(seen, [read])).toEqual([one]);
  });
  it('is not when it is still there, or was removed by a person', () => {
    expect(beforeNow(seen, [one, two])).toEqual([]);
    expect(beforeNow({ documents: [one, two], subject: one, before: [] }, [two])).toEqual([]);
  });
  it('S-14: is forgotten with everything else', () => {
    expect(beforeNow({ documents: [two], subject: two, before: [one] }, [])).toEqual([]);
  });
});

it('shows what differs and what is worth a word, or everything', () => {
  const field = (name: string, state: 'equal' | 'changed', meaning?: string) => ({
    group: 'Leaf',
    name,
    state,
    tone: 'plain' as const,
    ...(meaning !== undefined && { meaning }),
  });
  const fields = [field('a', 'equal'), field('b', 'changed'), field('c', 'equal', 'The key was kept.')];
  expect(shownFields(fields, false)[0]?.fields.map(({ name }) => name)).toEqual(['b', 'c']);
  expect(shownFields(fields, true)[0]?.fields).toHaveLength(3);
});
