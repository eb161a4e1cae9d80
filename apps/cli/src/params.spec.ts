import { fromJson } from '@bufbuild/protobuf';
import {
  ConnectionSchema,
  EntryState,
  ListBundlesRequestSchema,
  ListChannelsRequestSchema,
  ListEntriesRequestSchema,
} from '@muster/api';
import { describe, expect, it } from 'vitest';
import { paramNames, paramsToJson } from './params.ts';

const request = (...params: string[]) =>
  fromJson(ListEntriesRequestSchema, paramsToJson(ListEntriesRequestSchema, params));

describe('parameters', () => {
  it('set fields by proto name and by JSON name', () => {
    expect(request('parent_id=spiffe://a/b').parentId).toBe('spiffe://a/b');
    expect(request('parentId=spiffe://a/b').parentId).toBe('spiffe://a/b');
  });

  it('keep everything after the first equals sign', () => {
    expect(request('search=a=b=').search).toBe('a=b=');
    expect(request('search=').search).toBe('');
  });

  it('reach nested fields by dots, and numbers, booleans and enums', () => {
    const made = request(
      'page.limit=10',
      'page.offset=20',
      'descending=true',
      'state=no-agent',
      'sort=spiffe_id',
    );
    expect(made.page).toMatchObject({ limit: 10, offset: 20n });
    expect(made).toMatchObject({ descending: true, state: EntryState.NO_AGENT, sort: 1 });
    expect(request('state=ENTRY_STATE_EXPIRED').state).toBe(EntryState.EXPIRED);
  });

  it('add up for a list', () => {
    expect(request('trust_domains=a.org', 'trustDomains=b.org').trustDomains).toEqual(['a.org', 'b.org']);
  });

  it('fill maps and times', () => {
    const json = paramsToJson(ConnectionSchema, [
      'labels.team=a',
      'labels.app.kubernetes.io=b',
      'since=2026-01-01T00:00:00Z',
    ]);
    const made = fromJson(ConnectionSchema, json);
    expect(made.labels).toEqual({ team: 'a', 'app.kubernetes.io': 'b' });
    expect(made.since?.seconds).toBe(1767225600n);
  });

  it.each([
    ['search', 'name=value'],
    ['=x', 'name=value'],
    ['serach=x', 'did you mean "search"?'],
    ['pagelimit=3', 'did you mean "page.limit"?'],
    ['__proto__.x=1', 'There is no parameter'],
    ['state=foo', 'served'],
    ['descending=yes', 'true or false'],
    ['page=3', 'page.limit'.slice(5)],
    ['search.x=3', 'no fields of its own'],
  ])('%s is refused with what is expected', (param, text) => {
    expect(() => paramsToJson(ListEntriesRequestSchema, [param])).toThrow(text);
  });

  it('given twice is refused where one is meant', () => {
    expect(() => paramsToJson(ListEntriesRequestSchema, ['search=a', 'search=b'])).toThrow('given twice');
  });

  it('are named for help', () => {
    expect(paramNames(ListBundlesRequestSchema)).toEqual(['connection']);
    expect(() => paramsToJson(ListChannelsRequestSchema, ['a=b'])).toThrow('takes none');
  });
});
