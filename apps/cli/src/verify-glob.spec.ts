import { describe, expect, it } from 'vitest';
import { expandBraces, matchesSegment, parseGlob } from './verify-glob.ts';

describe('a pattern', () => {
  it.each([
    ['*.pem', 'svid.0.pem', true],
    ['*.pem', 'svid.0.key', false],
    ['svid.?.pem', 'svid.0.pem', true],
    ['svid.?.pem', 'svid.10.pem', false],
    ['svid.[0-9].pem', 'svid.7.pem', true],
    ['svid.[!0-9].pem', 'svid.7.pem', false],
    ['svid.[^a].pem', 'svid.7.pem', true],
    ['[]]', ']', true],
    ['[a', '[a', true],
    ['*', 'anything', true],
    ['*', '.hidden', false],
    ['.*', '.hidden', true],
    ['?hidden', '.hidden', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-b', false],
    ['**', 'a', true],
    ['', '', true],
    ['é?', 'é𝕏', true],
    ['a.b', 'aXb', false],
    ['(a|b)+', '(a|b)+', true],
  ])('%j and %j: %j', (pattern, name, fits) => {
    expect(matchesSegment(pattern, name)).toBe(fits);
  });

  it('takes hidden names when asked', () => {
    expect(matchesSegment('*', '.hidden', true)).toBe(true);
  });

  it('cannot be made to take long', () => {
    expect(matchesSegment(`${'*a'.repeat(2000)}b`, 'a'.repeat(4000))).toBe(false);
  });

  it.each([
    ['certs/*.pem', [{ base: 'certs', segments: ['*.pem'] }]],
    ['/etc/**/*.crt', [{ base: '/etc', segments: ['**', '*.crt'] }]],
    ['/*', [{ base: '/', segments: ['*'] }]],
    ['*', [{ base: '', segments: ['*'] }]],
    ['../x/*/y', [{ base: '../x', segments: ['*', 'y'] }]],
    [
      '{a,b}/*.{pem,crt}',
      [
        { base: 'a', segments: ['*.crt'] },
        { base: 'a', segments: ['*.pem'] },
        { base: 'b', segments: ['*.crt'] },
        { base: 'b', segments: ['*.pem'] },
      ],
    ],
  ])('%s begins where its wildcards begin', (text, parsed) => {
    expect(parseGlob(text)).toEqual(parsed);
  });

  it('opens braces within braces, and stays itself when they are too many', () => {
    expect(expandBraces('a{b,c{d,e}}')).toEqual(['ab', 'acd', 'ace']);
    expect(expandBraces('{a}')).toEqual(['{a}']);
    const many = '{a,b}'.repeat(30);
    expect(expandBraces(many)).toEqual([many]);
  });
});
