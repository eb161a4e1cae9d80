import { describe, expect, it } from 'vitest';
import { utf8Encode } from './bytes.ts';
import { judge } from './judge.ts';
import { equalSpiffeId, isMemberOf, parseSpiffeId, parseTrustDomain, type SpiffeId } from './spiffe-id.ts';

const judgeId = (text: string) =>
  judge({ kind: 'spiffe-id', input: utf8Encode(text), bundles: new Map(), at: new Date(0) });

describe('a SPIFFE ID', () => {
  it.each([
    'spiffe://example.org',
    'spiffe://example.org/web',
    'spiffe://1.2.3.4/web',
    'spiffe://a..b/web',
    'spiffe://-a_/A.B-c_9/...',
    `spiffe://${'a'.repeat(255)}/x`,
  ])('%s is valid', async (text) => {
    expect(await judgeId(text)).toMatchObject({ verdict: 'valid', fails: [], warns: [] });
    expect(parseSpiffeId(text)).toMatchObject({ ok: true, value: { uri: text } });
  });

  it.each<[string, string[]]>([
    ['', ['ID-01', 'ID-04']],
    ['example.org/web', ['ID-01', 'ID-04']],
    ['https://example.org/web', ['ID-01']],
    ['spiffe:example.org/web', ['ID-04']],
    ['spiffe:/example.org/web', ['ID-04']],
    ['spiffe:///web', ['ID-04']],
    ['spiffe://', ['ID-04']],
    ['spiffe://example.org/web?', ['ID-02']],
    ['spiffe://example.org?x=1', ['ID-02']],
    ['spiffe://example.org/web#', ['ID-03']],
    ['spiffe://example.org/a#b?c', ['ID-03']],
    ['spiffe://user@example.org/web', ['ID-05']],
    ['spiffe://@example.org/web', ['ID-05']],
    ['spiffe://u:p@example.org/web', ['ID-05']],
    ['spiffe://example.org:80/web', ['ID-06']],
    ['spiffe://example.org:/web', ['ID-06']],
    ['spiffe://Example.org/web', ['ID-07']],
    ['spiffe://exa%6dple.org/web', ['ID-09']],
    ['spiffe://exa$ple.org/web', ['ID-08']],
    ['spiffe://[::1]/web', ['ID-06', 'ID-08']],
    ['spiffe://example.org\\@evil/web', ['ID-05']],
    ['spiffe://example.org/a%2Fb', ['ID-10']],
    ['spiffe://example.org//web', ['ID-11']],
    ['spiffe://example.org/./web', ['ID-12']],
    ['spiffe://example.org/a/../web', ['ID-12']],
    ['spiffe://example.org/..', ['ID-12']],
    ['spiffe://example.org/', ['ID-13']],
    ['spiffe://example.org/web/', ['ID-13']],
    ['spiffe://example.org/web//', ['ID-11', 'ID-13']],
    ['spiffe://example.org/a~b', ['ID-14']],
    ['spiffe://example.org/a:b@c', ['ID-14']],
    ['spiffe://example.org/web\n', ['ID-14', 'ID-19']],
    ['spiffe://example.org/web\r\n', ['ID-14', 'ID-19']],
    ['spi\tffe://example.org/web', ['ID-01', 'ID-19']],
    [' spiffe://example.org/web', ['ID-01', 'ID-19']],
    ['spiffe://example.org/w\u0435b', ['ID-14', 'ID-19']],
    ['spiffe://ex\u0430mple.org/web', ['ID-08', 'ID-19']],
    ['spiffe://example.org/\u202eweb', ['ID-14', 'ID-19']],
    ['spiffe://example.org/\0', ['ID-14', 'ID-19']],
    [`spiffe://${'a'.repeat(256)}/x`, ['ID-16']],
  ])('%j fails %j', async (text, fails) => {
    const judgement = await judgeId(text);
    expect(judgement.fails).toEqual(fails);
    expect(judgement.verdict).toBe('invalid');
    expect(parseSpiffeId(text).ok).toBe(false);
  });

  it('is warned about with an upper-case scheme or more than 2048 bytes', async () => {
    expect(await judgeId('SPIFFE://example.org/web')).toMatchObject({ verdict: 'valid', warns: ['ID-01'] });
    expect(await judgeId(`spiffe://example.org/${'a'.repeat(2028)}`)).toMatchObject({
      verdict: 'valid',
      warns: ['ID-15'],
    });
    expect((await judgeId(`spiffe://example.org/${'a'.repeat(2027)}`)).warns).toEqual([]);
  });

  it('shows what is not ASCII as escapes', async () => {
    const { decoded } = await judgeId('spiffe://example.org/\u202eweb');
    expect(decoded).toMatchObject({ id: { text: 'spiffe://example.org/\\u{202e}web' } });
  });
});

describe('SPIFFE ID values', () => {
  const id = (text: string): SpiffeId => {
    const result = parseSpiffeId(text);
    if (!result.ok) throw new Error(result.problem.message);
    return result.value;
  };

  it('compare the path exactly and the scheme without case', () => {
    expect(equalSpiffeId(id('spiffe://a/B'), id('SPIFFE://a/B'))).toBe(true);
    expect(equalSpiffeId(id('spiffe://a/B'), id('spiffe://a/b'))).toBe(false);
    const trustDomain = parseTrustDomain('a');
    expect(trustDomain.ok && isMemberOf(id('spiffe://a/B'), trustDomain.value)).toBe(true);
  });

  it('give the clause as the code of a problem', () => {
    expect(parseSpiffeId('spiffe://a/../b')).toMatchObject({ ok: false, problem: { code: 'ID-12' } });
    expect(parseTrustDomain('a/b')).toMatchObject({ ok: false, problem: { code: 'ID-08' } });
    expect(parseTrustDomain('')).toMatchObject({ ok: false, problem: { code: 'ID-04' } });
  });
});
