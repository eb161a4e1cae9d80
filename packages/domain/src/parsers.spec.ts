import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from './base64.ts';
import { trimPasted, utf8Encode } from './bytes.ts';
import {
  DerError,
  readBitNumbers,
  readBoolean,
  readDer,
  readIntegerBytes,
  readOid,
  readOnlyDer,
  readTime,
} from './der.ts';
import { ellipsizeSpiffeId, escapeText, quote } from './display.ts';
import { isJsonObject, JsonNumber, parseJson } from './json.ts';
import { parsePem } from './pem.ts';
import { formatSelector, parseSelector } from './selector.ts';
import { equalSlimName, formatSlimName, parseSlimName } from './slim-name.ts';

describe('base64', () => {
  it('goes both ways for every length', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length * 11) & 0xff);
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
      expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes);
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }
  });

  it.each([
    'A',
    'AA',
    'AAA',
    'AB==',
    'AAB=',
    'AA=A',
    'A===',
    '====',
    'AA-_',
    'A A=',
    'AAAA\n',
    'AAAA=',
    'Ā==',
  ])('%j is not base64', (text) => expect(decodeBase64(text)).toBeUndefined());
  it.each(['A', 'AB', 'AA==', 'AA+/', 'AA ', 'AAB', 'AA\n'])('%j is not base64url', (text) =>
    expect(decodeBase64Url(text)).toBeUndefined(),
  );
});

describe('PEM', () => {
  const block = '-----BEGIN X-----\nAAAA\n-----END X-----\n';
  const read = (text: string) => parsePem(utf8Encode(text));
  it('reads blocks with text around them, CRLF and rules of dashes', () => {
    expect(read(`hello\n-------\n${block}between\n${block.replaceAll('\n', '\r\n')}bye`)).toMatchObject({
      ok: true,
      value: [{ label: 'X' }, { label: 'X' }],
    });
    expect(read('')).toEqual({ ok: true, value: [] });
  });
  it.each([
    ['-----BEGIN X-----\nAAAA\n', 'pem-open'],
    ['-----BEGIN X-----\nAAAA\n-----END Y-----\n', 'pem-label'],
    ['-----BEGIN X-----\nAA*A\n-----END X-----\n', 'pem-base64'],
    ['-----BEGIN X-----\n-----END X-----\n', 'pem-base64'],
    ['----BEGIN X-----\nAAAA\n-----END X-----\n', 'pem-boundary'],
    [`${block}-----END X-----\n`, 'pem-boundary'],
    ['-----BEGIN X-----\n-----BEGIN X-----\nAAAA\n-----END X-----\n', 'pem-boundary'],
    ['text -----BEGIN X-----\nAAAA\n-----END X-----\n', 'pem-boundary'],
  ])('refuses %j', (text, code) => expect(read(text)).toMatchObject({ ok: false, problem: { code } }));
});

describe('JSON', () => {
  it('agrees with JSON.parse on what is JSON', () => {
    const good = [
      'null',
      ' [1, -0.5e+3,true ] ',
      '{"a":{"b":[]},"c":"\\u00e9\\n\\"\\ud83d\\ude00"}',
      '""',
      '0',
      '"\u2028"',
    ];
    const bad = [
      '',
      '{',
      '[1,]',
      '{"a"}',
      '{a:1}',
      '01',
      '1.',
      '.5',
      '+1',
      '-',
      '"\n"',
      '"\\x"',
      '"\\u12"',
      'nul',
      '1 2',
      "'a'",
      '[1}',
      '{"a":1,}',
      'NaN',
      '\ufeff1',
      '\u00a01',
      '"\\u{61}"',
    ];
    for (const text of good) expect([text, parseJson(text).ok]).toEqual([text, true]);
    for (const text of bad) {
      expect(() => JSON.parse(text) as unknown).toThrow();
      expect([text, parseJson(text).ok]).toEqual([text, false]);
    }
  });
  it('keeps numbers exact', () => {
    const read = (text: string) => {
      const json = parseJson(text);
      return json.ok && json.value.value instanceof JsonNumber ? json.value.value.toInteger() : 'broken';
    };
    expect(read('9007199254740993')).toBe(9007199254740993n);
    expect(read('-1')).toBe(-1n);
    expect(read('1.0')).toBeUndefined();
    expect(read('1e3')).toBeUndefined();
    expect(read('9'.repeat(500))).toBeUndefined();
  });
  it('finds members that occur twice, at any depth and under any spelling', () => {
    const duplicates = (text: string) => {
      const json = parseJson(text);
      return json.ok ? json.value.duplicates : undefined;
    };
    expect(duplicates('{"a":1,"b":{"a":1}}')).toEqual([]);
    expect(duplicates('{"keys":[{"use":1,"\\u0075se":2}]}')).toEqual(['“keys[0].use”']);
    expect(duplicates('{"__proto__":1,"__proto__":2}')).toHaveLength(1);
  });
  it('treats prototype names as data (S-25)', () => {
    const json = parseJson('{"__proto__":{"polluted":true},"constructor":1}');
    const value = json.ok ? json.value.value : null;
    expect(isJsonObject(value) && [...value.keys()]).toEqual(['__proto__', 'constructor']);
    expect(isJsonObject(value) && value.get('toString')).toBeUndefined();
    expect('polluted' in {}).toBe(false);
  });
  it('stops at depth 64 and at bytes that are not UTF-8', () => {
    expect(parseJson('['.repeat(64) + ']'.repeat(64)).ok).toBe(true);
    expect(parseJson('['.repeat(66) + ']'.repeat(66)).ok).toBe(false);
    expect(parseJson('['.repeat(1_000_000)).ok).toBe(false);
    expect(parseJson(Uint8Array.of(0x22, 0xff, 0x22)).ok).toBe(false);
  });
});

describe('DER', () => {
  it.each([
    [[0x30, 0x80, 0, 0], 'indefinite length'],
    [[0x30, 0x81, 0x01, 0], 'long form for a short length'],
    [[0x30, 0x82, 0x00, 0x81], 'leading zero in a length'],
    [[0x30, 0x02, 0x05], 'cut off'],
    [[0x1f, 0x81, 0x01, 0x00], 'high tag number'],
    [[0x30, 0x85, 1, 1, 1, 1, 1], 'length of five bytes'],
    [[], 'nothing'],
    [[0x05, 0x00, 0x00], 'a byte too many'],
  ])('refuses %j: %s', (bytes) => expect(() => readOnlyDer(Uint8Array.from(bytes))).toThrow(DerError));

  it('reads primitive values strictly', () => {
    const read = (...bytes: number[]) => readDer(Uint8Array.from(bytes));
    expect(() => readBoolean(read(1, 1, 1))).toThrow(DerError);
    expect(() => readIntegerBytes(read(2, 2, 0, 1))).toThrow(DerError);
    expect(() => readIntegerBytes(read(2, 0))).toThrow(DerError);
    expect(readOid(read(6, 3, 0x55, 0x1d, 0x11))).toBe('2.5.29.17');
    expect(() => readOid(read(6, 2, 0x55, 0x80))).toThrow(DerError);
    expect([...readBitNumbers(read(3, 2, 5, 0xa0))]).toEqual([0, 2]);
    expect(() => readBitNumbers(read(3, 2, 5, 0xb0))).toThrow(DerError);
  });

  it('reads times as RFC 5280 writes them and no others', () => {
    const time = (text: string, tag = text.length > 13 ? 0x18 : 0x17) =>
      readTime(readDer(Uint8Array.of(tag, text.length, ...utf8Encode(text))));
    expect(time('491231235959Z')).toBe(Date.UTC(2049, 11, 31, 23, 59, 59));
    expect(time('500101000000Z')).toBe(Date.UTC(1950, 0, 1));
    expect(time('99991231235959Z')).toBe(Date.UTC(9999, 11, 31, 23, 59, 59));
    for (const text of [
      '260230000000Z',
      '2601010000Z',
      '260101000000+0100',
      '20260101000000.5Z',
      '26010100000aZ',
      '260101240000Z',
    ]) {
      expect(() => time(text)).toThrow(DerError);
    }
  });
});

describe('selectors and SLIM names', () => {
  it('parse at the first colon', () => {
    expect(parseSelector('k8s:ns:default')).toEqual({
      ok: true,
      value: { type: 'k8s', value: 'ns:default' },
    });
    expect(formatSelector({ type: 'unix', value: 'uid:0' })).toBe('unix:uid:0');
    expect(['unix', ':x', 'unix:', ''].map((text) => parseSelector(text).ok)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
  it('have three parts or four', () => {
    const name = parseSlimName('org/ns/app/1');
    expect(name).toEqual({
      ok: true,
      value: { organization: 'org', namespace: 'ns', application: 'app', instance: '1' },
    });
    expect(name.ok && formatSlimName(name.value)).toBe('org/ns/app/1');
    const plain = parseSlimName('org/ns/app');
    expect(name.ok && plain.ok && equalSlimName(name.value, plain.value)).toBe(false);
    expect(
      ['a/b', 'a//c', 'a/b/c/d/e', 'a/b/c ', '', 'a/b/\u0007'].map((text) => parseSlimName(text).ok),
    ).not.toContain(true);
  });
});

describe('display', () => {
  it('escapes everything outside printable ASCII', () => {
    expect(escapeText('a\u202eb\u200b\n😀é')).toBe('a\\u{202e}b\\u{200b}\\u{a}\\u{1f600}\\u{e9}');
    expect(quote('x'.repeat(200), 10)).toBe(`“${'x'.repeat(10)}…”`);
  });
  it('keeps trust domain and last segment', () => {
    const long = `spiffe://example.org/ns/${'very-'.repeat(12)}long/sa/web`;
    const short = ellipsizeSpiffeId(long, 40);
    expect(short.length).toBeLessThanOrEqual(40);
    expect(short.startsWith('spiffe://example.org/')).toBe(true);
    expect(short.endsWith('…/web')).toBe(true);
    expect(ellipsizeSpiffeId('spiffe://a/b')).toBe('spiffe://a/b');
    expect(ellipsizeSpiffeId('x'.repeat(100), 20)).toHaveLength(20);
    expect(ellipsizeSpiffeId(`spiffe://example.org/${'s'.repeat(100)}`, 40).length).toBeLessThanOrEqual(40);
  });
  it('trims what a paste adds', () =>
    expect(trimPasted(utf8Encode(' \r\n a b\t\n'))).toEqual(utf8Encode('a b')));
});
