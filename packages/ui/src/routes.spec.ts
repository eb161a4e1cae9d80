import { describe, expect, it } from 'vitest';
import { entryKey, parseSearch, readEntryKey, stringifySearch, textParams } from './routes.ts';

describe('the address', () => {
  it('holds plain text that people can read', () => {
    const search = {
      q: 'team-77',
      id: 'spire-org-a/7ca6780c',
      parent: 'spiffe://org-a.test/host',
      desc: undefined,
    };
    const text = stringifySearch(search);
    expect(text).toBe('?q=team-77&id=spire-org-a/7ca6780c&parent=spiffe://org-a.test/host');
    expect(parseSearch(text)).toEqual({
      q: 'team-77',
      id: 'spire-org-a/7ca6780c',
      parent: 'spiffe://org-a.test/host',
    });
  });
  it.each(['a&b=c', '#x', '1', 'true', '{"a":1}', 'ä % +'])('gives back %j as it was', (q) => {
    expect(parseSearch(stringifySearch({ q }))).toEqual({ q });
  });
  it('ends in no slash: the router takes addresses that differ in it for one, and would not go there', () => {
    expect(stringifySearch({ q: 'spiffe://a/' })).toBe('?q=spiffe://a%2F');
    expect(stringifySearch({ q: 'a/', td: 'b' })).toBe('?q=a/&td=b');
    expect(parseSearch(stringifySearch({ q: 'a/' }))).toEqual({ q: 'a/' });
  });
  it('drops what nobody asked for, what is not text and what is too long', () => {
    expect(textParams('q', 'td')({ q: 'x', evil: 'y', td: 'z'.repeat(2001) })).toEqual({ q: 'x' });
    expect(textParams('q')({ q: { a: 1 } })).toEqual({});
  });
  it('names an entry by its connection and id', () => {
    const entry = { connection: 'spire-org-a', id: '7ca6780c' };
    expect(readEntryKey(entryKey(entry))).toEqual(entry);
    expect(readEntryKey('nothing')).toBeUndefined();
  });
});
