import { describe, expect, it } from 'vitest';
import { attribute, block, comment, readHcl, writeHcl } from './hcl.ts';

describe('HCL', () => {
  it('is read back as it was written', () => {
    const text = writeHcl([
      comment('one\nline'),
      attribute('text', 'a "b" \\ ${c} \n #'),
      attribute('number', 8443),
      attribute('flag', true),
      attribute('mode', { raw: '0600' }),
      attribute('list', [
        new Map<string, string>([
          ['a', 'b'],
          ['c', '}'],
        ]),
      ]),
      block('outer', [block('inner', [attribute('x', 'y')], 'name'), block('empty', [])]),
    ]);
    expect(text).toContain('# one line\n');
    const values = readHcl(text);
    expect(values.get('text')).toBe('a "b" \\ ${c} \n #');
    expect(values.get('number')).toBe(8443);
    expect(values.get('mode')).toEqual({ raw: '0600' });
    expect(values.get('list')).toEqual([
      new Map([
        ['a', 'b'],
        ['c', '}'],
      ]),
    ]);
    expect(values.get('outer.inner "name".x')).toBe('y');
    expect(values.has('outer.empty')).toBe(true);
  });

  it.each(['a = ', 'a {', 'a = [1', 'a = b', 'a = 1\na = 2', '= 1', 'a = "x', '1 = 2', '}'])(
    'refuses %j',
    (text) => {
      expect(() => readHcl(text)).toThrow();
    },
  );
});
