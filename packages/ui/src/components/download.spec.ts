import { expect, it } from 'vitest';
import { csvOf } from './download.ts';

it('S-22: no cell of a downloaded table is run as a formula, and quotes and line ends stay within theirs', () => {
  const cells = [
    '=cmd()',
    '+1',
    '-1',
    '@x',
    '\tx',
    'plain',
    'a,b',
    'say "x"',
    'two\nlines',
    '＝full width',
    ' =1',
    '|cmd',
    '%x',
  ];
  expect(csvOf([cells])).toBe(
    `'=cmd(),'+1,'-1,'@x,'\tx,plain,"a,b","say ""x""","two\nlines",'＝full width,' =1,'|cmd,'%x\r\n`,
  );
});
