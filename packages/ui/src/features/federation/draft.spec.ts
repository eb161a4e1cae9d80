import { describe, expect, it } from 'vitest';
import { actionOf, emptyEndpoint, type PairDraft } from './draft.ts';
import { appPath } from '../../components/index.ts';
import { remedyPlan } from './state.ts';

const draft: PairDraft = {
  here: 'a',
  there: '',
  trustDomain: ' spiffe://x.test ',
  bundle: '',
  endpoint: { url: ' https://x.test:8443 ', profile: 'https_spiffe', id: '' },
  ours: { ...emptyEndpoint, url: 'https://a.test:8443' },
  refresh: true,
};

describe('the action of a new federation', () => {
  it('is a pair with both servers, one side with a file, or a relationship alone', () => {
    expect(actionOf({ ...draft, there: 'b' })).toEqual({
      action: 'federation.pair',
      input: {
        left: { connection: 'a', bundle_endpoint_url: 'https://a.test:8443', profile: 'https_spiffe' },
        right: { connection: 'b', bundle_endpoint_url: 'https://x.test:8443', profile: 'https_spiffe' },
        refresh: true,
      },
    });
    expect(actionOf({ ...draft, bundle: '{}' }).input).toMatchObject({
      left: { connection: 'a' },
      right: { trust_domain: 'x.test', bundle: '{}' },
    });
    expect(
      actionOf({ ...draft, endpoint: { url: 'https://x.test', profile: 'https_web', id: 'left over' } }),
    ).toEqual({
      action: 'federation.create',
      input: {
        connection: 'a',
        trust_domain: 'x.test',
        bundle_endpoint_url: 'https://x.test',
        profile: 'https_web',
        refresh: true,
      },
    });
  });
});

describe('a remedy', () => {
  const remedy = (more: object) => ({
    $typeName: 'muster.v1.Remedy' as const,
    title: '',
    action: '',
    inputJson: '',
    link: '',
    ...more,
  });
  it('is planned only when its input is an object', () => {
    expect(remedyPlan(remedy({ action: 'bundle.set', inputJson: '{"a":1}' }))).toEqual({
      action: 'bundle.set',
      input: { a: 1 },
    });
    for (const inputJson of ['', '[]', '1', '{', 'null'])
      expect(remedyPlan(remedy({ action: 'x', inputJson }))).toBeUndefined();
  });
  it('S-11: leads to pages of ours only', () => {
    expect(appPath('/entries?fed=x.test')).toEqual({
      to: '/entries',
      search: { fed: 'x.test' },
    });
    for (const link of ['https://evil.test', '//evil.test', 'javascript:alert(1)', '/federation/../x', ''])
      expect(appPath(link)).toBeUndefined();
  });
});
