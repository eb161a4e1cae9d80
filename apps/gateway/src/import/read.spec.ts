import { describe, expect, it } from 'vitest';
import { detectFormat } from './detect.ts';
import { readFile } from './read.ts';
import { readInThread } from './thread.ts';
import { maxBytes, maxRows } from './types.ts';

const td = 'org.test';
const header = 'spiffe_id,parent_id,selectors,x509_svid_ttl,hint';
const line = (name: string, more = '') =>
  `spiffe://${td}/${name},spiffe://${td}/host,unix:uid:1;unix:gid:2,${more || '300,'}`;
const csv = (...lines: string[]) => readFile([header, ...lines].join('\n'), 'csv', td);
const said = (file: ReturnType<typeof readFile>) =>
  [...file.problems, ...file.rows.flatMap(({ problems }) => problems)].map(
    ({ line: at, field, message }) => `${at} ${field}: ${message}`,
  );

describe('CSV', () => {
  it('reads rows with the line each begins on, quotes, empty lines and all', () => {
    const file = csv(
      line('a'),
      '',
      `spiffe://${td}/b,spiffe://${td}/host,"unix:uid:1\nunix:path:/a;b",,"x, ""y"""`,
      line('c'),
    );
    expect(said(file)).toEqual([]);
    expect(file.rows.map((row) => [row.line, row.fields.spiffeId])).toEqual([
      [2, `spiffe://${td}/a`],
      [4, `spiffe://${td}/b`],
      [6, `spiffe://${td}/c`],
    ]);
    expect(file.rows[1]?.fields).toMatchObject({
      selectors: [
        { type: 'unix', value: 'uid:1' },
        { type: 'unix', value: 'path:/a;b' },
      ],
      x509SvidTtl: 0,
      hint: 'x, "y"',
    });
    expect(file.rows[0]?.fields).not.toHaveProperty('admin');
  });

  it('takes other separators, byte order marks, line ends and names of columns', () => {
    const text = `\ufeffSPIFFE ID;Parent ID;Selectors;X.509-SVID TTL;Admin;State\r\nspiffe://${td}/a;spiffe://${td}/h;"[""docker:label:a:b;c""]";60;yes;served\r\n`;
    const file = readFile(text, undefined, '');
    expect(said(file)).toEqual([]);
    expect(file).toMatchObject({ format: 'csv', trustDomain: td });
    expect(file.rows[0]).toMatchObject({
      line: 2,
      fields: { x509SvidTtl: 60, admin: true, selectors: [{ type: 'docker', value: 'label:a:b;c' }] },
    });
    expect(file.notes.join()).toContain('“State”');
  });

  it.each([
    ['an empty file', '', /the file is empty/iu],
    [
      'a header of something else',
      'name,age\nx,1',
      /1 header: .*spiffe_id, parent_id, selectors are missing; it has “name”, “age”\. Columns are id, spiffe_id/u,
    ],
    ['no header', line('a'), /1 header: .*missing/u],
    ['an unknown column', `${header},colour\n${line('a')},red`, /1 header: there is no column “colour”/u],
    ['a column twice', `${header},hint\n${line('a')},x`, /the column “hint” is there twice/u],
    ['a field that is not set here', `${header},ephemeral\n${line('a')},true`, /does not set “ephemeral”/u],
    ['a quote left open', `${header}\n${line('a')}\n"x`, /3 : a quote is opened and never closed/u],
    ['a quote within', `${header}\n${line('a')}\n"x"y,b`, /after a closing quote/u],
    ['only a header', header, /no entry in the file/u],
  ])('refuses %s and says what was expected', (_name, text, message) => {
    const file = readFile(text, 'csv', td);
    expect(said(file).join('\n')).toMatch(message);
    expect(file.rows.filter(({ problems }) => problems.length === 0)).toEqual([]);
  });

  it('names the line and the field of every mistake, not only of the first', () => {
    const file = csv(
      line('good'),
      `spiffe://${td}:8443/x,spiffe://${td}/h,unix:uid:1,-1,`,
      `spiffe://${td}/y,spiffe://elsewhere.test/h,unix,soon,`,
      `,spiffe://${td}/h,,300,`,
      line('short').replace(',300,', ''),
    );
    const all = said(file);
    expect(all).toEqual([
      expect.stringMatching(/^3 x509_svid_ttl: -1 is negative/u),
      expect.stringMatching(/^3 spiffe_id: .*port/iu),
      expect.stringMatching(/^4 x509_svid_ttl: expected whole seconds/u),
      expect.stringMatching(/^4 parent_id: it is of elsewhere\.test/u),
      expect.stringMatching(/^4 selectors\[0\]: A selector is written type:value/u),
      '5 spiffe_id: this is needed.',
      '5 selectors: this is needed.',
      expect.stringMatching(/^6 : it has 3 cells, and the header has 5/u),
    ]);
    expect(file.rows[0]?.problems).toEqual([]);
  });

  it('S-22: a cell that a spreadsheet escaped is read as what it was, and names in errors are made harmless', () => {
    const file = csv(line('a', "300,'=cmd()"), line('b', "300,'-x"), line('c', "300,'plain"));
    expect(file.rows.map(({ fields }) => fields.hint)).toEqual(['=cmd()', '-x', "'plain"]);
    const hostile = readFile(`spiffe_id,parent_id,selectors,"\u001b[31m\u202ered"\n`, 'csv', td);
    const text = said(hostile).join();
    expect(text).toContain('there is no column');
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u001b\u202e]/u);
  });
});

describe('JSON', () => {
  const entry = { spiffe_id: `spiffe://${td}/a`, parent_id: `spiffe://${td}/h`, selectors: ['unix:uid:1'] };

  it('takes a list, and names the line of each entry', () => {
    const text = `[\n  ${JSON.stringify(entry)},\n\n  {"spiffe_id": "nope {[",\n   "parent_id": 5, "selectors": []}\n]`;
    const file = readFile(text, undefined, td);
    expect(file.format).toBe('json');
    expect(said(file)).toEqual([
      expect.stringMatching(/^4 parent_id: expected text/u),
      '4 selectors: this is needed.',
      expect.stringMatching(/^4 spiffe_id: /u),
    ]);
    expect(file.rows[0]).toMatchObject({ line: 2, fields: { spiffeId: `spiffe://${td}/a` } });
  });

  it('takes what spire-server reads and writes, and what muster view writes', () => {
    const spire = {
      entries: [
        {
          ...entry,
          selectors: [{ type: 'unix', value: 'uid:1' }],
          x509_svid_ttl: 60,
          expires_at: '1900000000',
          entry_id: 'e1',
          revision_number: '7',
          federates_with: ['spiffe://peer.test'],
          additional_attributes: { disable_x509_svid_prefetch: false, jwt_svid_include_jti: true },
        },
      ],
    };
    const shown = {
      entries: [
        {
          id: 'e2',
          spiffeId: `spiffe://${td}/a`,
          parentId: `spiffe://${td}/h`,
          selectors: [{ type: 'unix', value: 'uid:1' }],
          x509SvidTtl: 60,
          expiresAt: '2030-03-17T17:46:40Z',
          dnsNames: [],
          storeSvid: false,
          disableX509SvidPrefetch: true,
          stateReason: 'x',
        },
      ],
      next_page_token: '',
    };
    const parted = [
      {
        spiffe_id: { trust_domain: td, path: '/a' },
        parent_id: { trust_domain: td, path: '/h' },
        selectors: entry.selectors,
      },
    ];
    const one = readFile(JSON.stringify(spire), undefined, '');
    expect(said(one)).toEqual([]);
    expect(one).toMatchObject({ format: 'spire-data', trustDomain: td, rows: [{ id: 'e1' }] });
    expect(one.rows[0]?.fields).toMatchObject({
      x509SvidTtl: 60,
      expiresAt: 1_900_000_000n,
      federatesWith: ['peer.test'],
      disableX509SvidPrefetch: false,
      jwtSvidIncludeJti: true,
    });
    const two = readFile(JSON.stringify(shown), 'json', '');
    expect(said(two)).toEqual([]);
    expect(two.rows[0]).toMatchObject({
      id: 'e2',
      fields: { expiresAt: 1_900_000_000n, x509SvidTtl: 60, disableX509SvidPrefetch: true },
    });
    expect(readFile(JSON.stringify(parted), 'json', '').rows[0]?.fields.spiffeId).toBe(`spiffe://${td}/a`);
  });

  it.each([
    ['no JSON', '[{]', /1 : this is not JSON/u],
    ['no list', '{"a": 1}', /expected a list of entries/u],
    ['a list of something else', '[1]', /expected an entry/u],
    [
      'both stored and not fetched ahead',
      JSON.stringify([{ ...entry, store_svid: true, disable_x509_svid_prefetch: true }]),
      /disable_x509_svid_prefetch: not together with store_svid/u,
    ],
    [
      'an unknown attribute',
      JSON.stringify([{ ...entry, additional_attributes: { colour: 1 } }]),
      /“colour”: there is no such field/u,
    ],
    [
      'attributes of another kind',
      JSON.stringify([{ ...entry, additional_attributes: 'x' }]),
      /“additional_attributes”: there is no such field/u,
    ],
    ['an unknown field', JSON.stringify([{ ...entry, colour: 1 }]), /“colour”: there is no such field/u],
    [
      'a field that would be lost',
      JSON.stringify([{ ...entry, ephemeral: true }]),
      /ephemeral: Muster does not set this/u,
    ],
    [
      'a fraction',
      JSON.stringify([{ ...entry, x509_svid_ttl: 1.5 }]),
      /x509_svid_ttl: expected whole seconds/u,
    ],
    [
      'a flag of another kind',
      JSON.stringify([{ ...entry, admin: 'maybe' }]),
      /admin: expected true or false/u,
    ],
    [
      'a selector twice',
      JSON.stringify([{ ...entry, selectors: ['a:b', 'a:b'] }]),
      /selectors\[1\]: .*twice/u,
    ],
    [
      'types mixed with store_svid',
      JSON.stringify([{ ...entry, store_svid: true, selectors: ['a:b', 'c:d'] }]),
      /selectors: with store_svid/u,
    ],
  ])('refuses %s', (_name, text, message) => {
    expect(said(readFile(text, 'json', td)).join('\n')).toMatch(message);
  });

  it('S-25: keys named like members of objects are names, and change nothing', () => {
    const text = `[{"__proto__": {"polluted": 1}, "constructor": 2, "spiffe_id": "spiffe://${td}/a", "parent_id": "spiffe://${td}/h", "selectors": ["a:b"]}]`;
    const messages = said(readFile(text, 'json', td)).join('\n');
    expect(messages).toContain('“__proto__”: there is no such field');
    expect(messages).toContain('“constructor”: there is no such field');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('YAML', () => {
  it('reads entries with their lines', () => {
    const text = `# ours\nentries:\n  - spiffe_id: spiffe://${td}/a\n    parent_id: spiffe://${td}/h\n    selectors: [unix:uid:1]\n    x509_svid_ttl: 60\n  - spiffe_id: spiffe://${td}/b\n    parent_id: spiffe://${td}/h\n    selectors: unix\n`;
    const file = readFile(text, undefined, td);
    expect(file.format).toBe('yaml');
    expect(said(file)).toEqual([expect.stringMatching(/^7 selectors\[0\]: A selector is written/u)]);
    expect(file.rows[0]).toMatchObject({ line: 3, fields: { x509SvidTtl: 60 } });
  });

  it.each([
    ['what is no YAML', 'a: [1', /this is not YAML/u],
    ['a key twice', `- spiffe_id: a\n  spiffe_id: b`, /2 : the same key is there twice/u],
    ['two documents', `- a\n---\n- b`, /second document/u],
    [
      'aliases that explode',
      `${Array.from({ length: 12 }, (_one, n) => `a${n}: &a${n} [${n === 0 ? 'x' : `*a${n - 1}, *a${n - 1}, *a${n - 1}, *a${n - 1}`}]`).join('\n')}\nentries: [*a11]`,
      /aliases expand too far/u,
    ],
  ])('refuses %s', (_name, text, message) => {
    expect(said(readFile(text, 'yaml', td)).join('\n')).toMatch(message);
  });
});

describe('size', () => {
  it('S-18: a file over the cap is refused before it is read, and says what to do', async () => {
    await expect(readInThread('x'.repeat(maxBytes + 1), 'csv', td)).rejects.toThrow(
      /text: the file has 4\.0 MiB, and one plan takes 4\. Split it; CSV and JSON are split for you/u,
    );
  });

  it('refuses more rows than one plan takes, naming the line', () => {
    const rows = Array.from({ length: maxRows + 1 }, () => 'a,b,c').join('\n');
    expect(said(readFile(`spiffe_id,parent_id,selectors\n${rows}`, 'csv', td))).toEqual([
      expect.stringMatching(new RegExp(`^${maxRows + 2} : the file has ${maxRows + 1} rows`, 'u')),
    ]);
  });

  it('S-18: a large file is read in a thread: the gateway goes on meanwhile', async () => {
    const rows = Array.from({ length: 15_000 }, (_one, n) => line(`w/${n}`)).join('\n');
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 10);
    const file = await readInThread(`${header}\n${rows}`, undefined, td);
    clearInterval(timer);
    expect(file.rows).toHaveLength(15_000);
    expect(turns).toBeGreaterThan(3);
  });

  it('S-37: hostile texts of 100 kB are judged in linear time', () => {
    const evil = [
      '-'.repeat(100_000),
      `a${'.a'.repeat(50_000)}!`,
      ';'.repeat(100_000),
      `"${'""'.repeat(50_000)}`,
      ' '.repeat(100_000),
    ];
    const began = performance.now();
    for (const text of evil)
      for (const format of ['csv', 'json', 'yaml'] as const) readFile(`${header}\n${text}`, format, td);
    for (const text of evil) detectFormat(text);
    // Quadratic work on 100 kB takes minutes; this is no timing test, only a bound far away from both.
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

it.each([
  ['csv', 'spiffe_id,parent_id,selectors'],
  ['csv', 'spiffe_id\tparent_id'],
  ['json', '  [{}]'],
  ['spire-data', '{"entries":[{"selectors":[{"type":"a"}]}]}'],
  ['json', '{"entries":[]}'],
  ['yaml', '- spiffe_id: a'],
  ['yaml', 'entries:\n'],
  ['yaml', '# a comment, with a comma'],
])('finds out %s', (format, text) => {
  expect(detectFormat(text)).toBe(format);
});
