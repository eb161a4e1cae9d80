import { describe, expect, it } from 'vitest';
import { csvOf } from '../../components/index.ts';
import type { InspectedDocument } from './documents.ts';
import { countRows, csvRows, exportRows, type ManyRow, saidOf, viewRows, wholeTable } from './many-rows.ts';
import type { VerdictRow } from './verdict-row.ts';

const line = (name: string, row?: Partial<VerdictRow>, more: Partial<InspectedDocument> = {}): ManyRow => ({
  document: { id: name, name, kind: 'x509-svid', bytes: new Uint8Array(), authorities: false, ...more },
  row: row && {
    id: name,
    kind: 'x509-svid',
    verdict: 'valid',
    reason: '',
    fails: [],
    warns: [],
    at: 0,
    ...row,
  },
});
const rows = [
  line('good.pem', { expires: 3000, subject: 'spiffe://org-a.test/web' }),
  line('warned.pem', { warns: ['X-12'], expires: 1000 }),
  line('bad.pem', {
    verdict: 'invalid',
    fails: ['X-16', 'X-05'],
    first: { id: 'X-16', text: '', evidence: 'late' },
    expires: 2000,
  }),
  line('torn.pem', { verdict: 'unreadable', reason: 'torn' }),
  line('new.pem'),
  line('token', { kind: 'jwt-svid', verdict: 'invalid', fails: ['J-09'] }, { kind: 'jwt-svid' }),
];
const names = (view: Parameters<typeof viewRows>[1], audience = '') =>
  viewRows(rows, view, audience).map(({ document }) => document.name);

describe('the table of many', () => {
  it('counts each verdict, and asks for an audience where only that is missing', () => {
    expect(countRows(rows, '')).toEqual({
      all: 6,
      broken: 1,
      'not-conformant': 0,
      look: 2,
      valid: 1,
      unreadable: 1,
      waiting: 1,
    });
    expect(countRows(rows, 'somebody')).toMatchObject({ broken: 2, look: 1 });
    expect(saidOf(rows[5] ?? line(''), '').label).toBe('which audience?');
    expect(saidOf(rows[1] ?? line(''), '').label).toBe('valid, 1 warning');
  });
  it('says what the banner says where only who issues broke a rule', () => {
    const lenient = line('lenient.pem', { verdict: 'invalid', fails: ['X-06', 'X-25'] });
    expect(saidOf(lenient, '')).toMatchObject({
      filter: 'not-conformant',
      tone: 'warn',
      label: 'not conformant',
    });
    const broken = line('broken.pem', { verdict: 'invalid', fails: ['X-06', 'X-16'] });
    expect(saidOf(broken, '').label).toBe('not valid');
  });
  it('shows what is wrong first', () => {
    expect(names(wholeTable)).toEqual(['torn.pem', 'bad.pem', 'warned.pem', 'token', 'good.pem', 'new.pem']);
  });
  it('is filtered and searched: by name, identity, kind and clause', () => {
    expect(names({ ...wholeTable, filter: 'broken' })).toEqual(['bad.pem']);
    expect(names({ ...wholeTable, search: 'ORG-A' })).toEqual(['good.pem']);
    expect(names({ ...wholeTable, search: 'x-05' })).toEqual(['bad.pem']);
    expect(names({ ...wholeTable, search: 'jwt' })).toEqual(['token']);
  });
  it('is sorted both ways, with what has no such value at the end', () => {
    const by = (descending: boolean) =>
      names({ ...wholeTable, sort: { column: 'expires', descending } }).slice(0, 3);
    expect(by(false)).toEqual(['warned.pem', 'bad.pem', 'good.pem']);
    expect(by(true)).toEqual(['good.pem', 'bad.pem', 'warned.pem']);
    expect(names({ ...wholeTable, sort: { column: 'name', descending: true } })[0]).toBe('warned.pem');
  });
  it('S-22: a file named like a formula is none in the CSV', () => {
    const csv = csvOf(csvRows([line('=HYPERLINK("x")', { verdict: 'invalid', fails: ['X-16'] })]));
    expect(csv.split('\r\n')[1]).toBe(
      `"'=HYPERLINK(""x"")",x509-svid,,invalid,X-16,X-16,,,,,1970-01-01T00:00:00.000Z`,
    );
  });
  it('is exported with what each line says, and no bytes', () => {
    expect(exportRows(rows)[2]).toEqual({
      name: 'bad.pem',
      kind: 'x509-svid',
      spiffe_id: '',
      verdict: 'invalid',
      first_broken: 'X-16',
      broken: 'X-16 X-05',
      warnings: '',
      reason: '',
      not_before: '',
      expires: '1970-01-01T00:00:02.000Z',
      judged_at: '1970-01-01T00:00:00.000Z',
    });
  });
});
