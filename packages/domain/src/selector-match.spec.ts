import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSelector, parseSelector, type Selector } from './selector.ts';
import { judgeSelectors, type SelectorVerdict, WorkloadSelectors } from './selector-match.ts';
import { isBroad, selectorKey, selectorKeys, splitSelector, unknownSelector } from './selector-vocabulary.ts';

const selector = (text: string): Selector => {
  const read = parseSelector(text);
  if (!read.ok) throw new Error(text);
  return read.value;
};
const workload = new WorkloadSelectors(
  [
    'unix:uid:1000',
    'docker:label:app:Web',
    'docker:env:ROLE=trainer',
    'docker:env:RANK= 1',
    'k8s:ns:training',
    'k8s:pod-label:app:trainer',
    'k8s:container-image:example.org/trainer:1.2',
    'acme:thing:1',
  ].map(selector),
  ['k8s:pod-name', 'docker:env:SECRET'],
);
const judge = (text: string) => judgeSelectors([selector(text)], workload)[0];

describe('one selector', () => {
  it.each<[string, SelectorVerdict, string, RegExp]>([
    ['unix:uid:1000', 'matches', 'unix:uid:1000', /^$/u],
    ['unix:uid:1001', 'value-differs', 'unix:uid:1000', /has unix:uid:1000/u],
    ['docker:label:app:web', 'case-differs', 'docker:label:app:Web', /capital/u],
    ['docker:label:tier:x', 'missing', '', /label tier is in the entry but not on the workload/u],
    ['docker:env:ROLE=eval', 'value-differs', 'docker:env:ROLE=trainer', /another value.*trainer/u],
    ['docker:env:RANK=1', 'value-differs', 'docker:env:RANK= 1', /space at an end/u],
    ['docker:env:SECRET=x', 'cannot-tell', '', /does not tell docker:env:SECRET/u],
    ['k8s:pod-name:a', 'cannot-tell', '', /k8s:pod-name/u],
    [
      'k8s:container-image:example.org/trainer:1.3',
      'value-differs',
      'k8s:container-image:example.org/trainer:1.2',
      /Another tag/u,
    ],
    [
      'k8s:container-image:example.org/trainer@sha256:ab',
      'value-differs',
      'k8s:container-image:example.org/trainer:1.2',
      /by digest/u,
    ],
    [
      'k8s:container-image:trainer:1.2',
      'value-differs',
      'k8s:container-image:example.org/trainer:1.2',
      /registry differs/u,
    ],
    ['k8s:pod_name:a', 'unknown-key', '', /k8s:pod-name:a may be meant/u],
    ['k8s:namespaces:training', 'unknown-key', '', /no such key/u],
    ['acme:other:1', 'missing', '', /no acme:other/u],
    ['other:x:1', 'unknown-key', '', /No attestor of SPIRE’s own/u],
    ['unix:path:/a', 'missing', '', /discover_workload_path/u],
    ['systemd:id:a.service', 'missing', '', /no systemd selector at all/u],
    ['k8s_psat:cluster:a', 'node-only', '', /selector of nodes/u],
    ['spiffe_id:spiffe://a.test/spire/agent/x', 'node-only', '', /selector of nodes/u],
  ])('%s: %s', (text, verdict, has, words) => {
    const found = judge(text);
    expect(found?.verdict).toBe(verdict);
    expect(found?.has).toBe(has);
    expect(found?.text).toMatch(words);
  });
  it('S-12: of look-alike letters does not match', () => {
    expect(judge('k8s:ns:trаining')?.verdict).toBe('value-differs');
  });
  it('cannot tell anything beyond what is given, when all else is unknown', () => {
    const some = new WorkloadSelectors([selector('unix:uid:1')], ['*']);
    expect(judgeSelectors([selector('k8s:ns:a')], some)[0]?.verdict).toBe('cannot-tell');
  });
});

describe('matching', () => {
  it('is SPIRE’s rule: every selector of the entry is among the workload’s', () => {
    const one = fc.record({
      type: fc.constantFrom('unix', 'k8s', 'docker', 'acme'),
      value: fc.oneof(
        fc.constantFrom('uid:1', 'UID:1', 'ns:a', 'ns:A', 'label:a:b', 'label:a:c', 'env:A=b', 'env:A'),
        fc.string({ minLength: 1 }),
      ),
    });
    const set = fc.array(one, { maxLength: 8 });
    fc.assert(
      fc.property(set, set, (entry, has) => {
        const naive = entry.every((wanted) =>
          has.some(({ type, value }) => type === wanted.type && value === wanted.value),
        );
        const judged = judgeSelectors(entry, new WorkloadSelectors(has));
        expect(judged.every(({ verdict }) => verdict === 'matches')).toBe(naive);
        for (const { verdict, text } of judged) expect(text === '').toBe(verdict === 'matches');
      }),
    );
  });
});

describe('the vocabulary', () => {
  it('knows its own examples, and takes them apart', () => {
    for (const key of selectorKeys) {
      const value =
        key.key === '' ? key.example : key.form === 'flag' ? key.key : `${key.key}:${key.example}`;
      const found = selectorKey({ type: key.type, value });
      expect(found?.key, value).toBe(key.key);
      expect(unknownSelector({ type: key.type, value })).toBeUndefined();
    }
    expect(splitSelector(selector('docker:env:A=b=c'))).toMatchObject({ stem: 'docker:env:A', rest: 'b=c' });
    expect(splitSelector(selector('k8s:pod-label:a.b/c:d'))).toMatchObject({
      stem: 'k8s:pod-label:a.b/c',
      rest: 'd',
    });
    expect(splitSelector(selector('x509pop:ca:fingerprint:ab'))).toMatchObject({
      stem: 'x509pop:ca:fingerprint',
      rest: 'ab',
    });
    expect(new Set(selectorKeys.map(({ type, key }) => `${type}:${key}`)).size).toBe(selectorKeys.length);
  });
  it.each([
    ['k8s:pod_name:a', 'k8s:pod-name:a'],
    ['k8s:namesapce:a', 'k8s:namespace:a'],
    ['k8s:serviceaccount:a', 'k8s:sa:a'],
    ['docker:image-id:a', 'docker:image_id:a'],
    ['unix:UID:1', 'unix:uid:1'],
    ['doker:label:a:b', 'docker:label:a:b'],
    ['k8s:zzzzzz:a', undefined],
  ])('%s may mean %s', (text, meant) => {
    expect(unknownSelector(selector(text))?.meant).toBe(meant);
  });
  it.each([
    [['k8s:ns:a'], true],
    [['k8s:ns:a', 'k8s:pod-image-count:1'], true],
    [['unix:uid:0'], true],
    [['unix:gid:10', 'unix:group:x'], true],
    [['k8s:ns:a', 'k8s:sa:b'], false],
    [['unix:uid:1000'], false],
    [['k8s:ns:a', 'k8s:pod-label:app:b'], false],
    [['acme:x:y'], false],
    [['k8s_psat:cluster:a'], false],
    [['k8s:sa:default'], true],
    [[], false],
  ])('%j is broad: %s', (texts, expected) => {
    expect(isBroad(texts.map(selector))).toBe(expected);
  });
  it('formats what it parsed', () => {
    expect(formatSelector(selector('a:b:c'))).toBe('a:b:c');
  });
});
