// @vitest-environment jsdom
import { Ajv } from 'ajv';
import { makeReport } from '@muster/domain/report';
import type { ReportSubject } from '@muster/domain/report-types';
import { reportSubjects, subject } from '@muster/domain/testing/report-subjects';
import { beforeAll, describe, expect, it } from 'vitest';
import { sarifSchema } from './testing/sarif-schema.ts';
import { junit } from './verify-junit.ts';
import { sarif } from './verify-sarif.ts';

const hostile = [
  '<script>&"\'</script>',
  ']]>',
  '<!-- -->',
  '\u0000\u0008\u001B[31m',
  '\uD800',
  '\uFFFE\uFFFF',
  '\u202Egnp',
  '%2e%2e/\\..',
  'a b#c?d',
  'é字𝕏',
  '\r\n\t',
  '[x](javascript:alert(1))',
  '&#0;',
  '../../etc/passwd',
  'C:\\x',
];
const at = new Date('2026-11-22T12:00:00Z');
const validate = new Ajv({ allErrors: true, strict: false }).compile(sarifSchema);

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: { readonly rules: readonly { id: string; help: { text: string } }[] };
      };
      readonly invocations: readonly [{ readonly executionSuccessful: boolean }];
      readonly artifacts: readonly { readonly location: { readonly uri: string } }[];
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly partialFingerprints: Readonly<Record<string, string>>;
        readonly locations: readonly [
          {
            readonly physicalLocation: {
              readonly artifactLocation: { readonly uri: string; readonly index: number };
            };
          },
        ];
      }[];
    },
  ];
}

let given: ReportSubject[];
beforeAll(async () => {
  const { x509, jwt, bundleDocument } = await reportSubjects();
  const broken = await subject('certs/broken.txt', {
    kind: 'spiffe-id',
    input: new TextEncoder().encode('SPIFFE://example.org/a//b'),
    bundles: new Map(),
    at,
  });
  const unreadable = await subject('x.pem', {
    kind: 'x509-svid',
    input: new Uint8Array(9),
    bundles: new Map(),
    at,
  });
  const skipped = {
    ...broken,
    name: 'skip',
    judgement: { ...broken.judgement, verdict: 'skip' as const, checks: [], fails: [] },
  };
  given = [x509, jwt, bundleDocument, broken, unreadable, skipped];
});
const report = (subjects = given, notJudged = [{ name: 'gone.pem', why: 'there is no such file' }]) =>
  makeReport(subjects, { notJudged });

/** The same subjects with a text in their names and in all that was found. */
const poisoned = (text: string): ReportSubject[] =>
  given.map((one, index) => ({
    ...one,
    name: `${text}${index}`,
    judgement: {
      ...one.judgement,
      reason: text,
      checks: one.judgement.checks.map((check) => ({ ...check, evidence: text })),
    },
  }));

async function log(subjects = given, files = new Map<string, string>()): Promise<Sarif> {
  const written: unknown = JSON.parse(sarif(await report(subjects), files, '/work/checkout'));
  expect(validate(written), JSON.stringify(validate.errors)).toBe(true);
  return written as Sarif;
}

describe('SARIF', () => {
  it('has a rule for each clause and a result for each that is broken or warns', async () => {
    const { runs } = await log();
    const { tool, results, artifacts, invocations } = runs[0];
    expect(invocations[0].executionSuccessful).toBe(false);
    const found = results.map(({ ruleId, level, locations }) => [
      locations[0].physicalLocation.artifactLocation.uri,
      ruleId,
      level,
    ]);
    expect(found).toEqual(
      expect.arrayContaining([
        ['certs/broken.txt', 'ID-01', 'warning'],
        ['certs/broken.txt', 'ID-11', 'error'],
        ['x.pem', 'X-01', 'error'],
      ]),
    );
    for (const result of results) {
      expect(tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      const { uri, index } = result.locations[0].physicalLocation.artifactLocation;
      expect(artifacts[index]?.location.uri).toBe(uri);
    }
    for (const { help } of tool.driver.rules)
      expect(help.text).toMatch(/\((?:MUST|SHOULD|DECL|POLICY|MAY)\)/u);
  });

  it('gives a finding the same fingerprint after the SVID was renewed, and another in another file', async () => {
    const prints = (runs: Sarif['runs']) =>
      runs[0].results.map(({ partialFingerprints }) => partialFingerprints['musterClause/v1']);
    const before = prints((await log()).runs);
    const renewed = given.map((one) => ({ ...one, document: new Uint8Array(7) }));
    expect(prints((await log(renewed)).runs)).toEqual(before);
    expect(new Set(before).size).toBe(before.length);
    const moved = given.map((one) => ({ ...one, name: `other/${one.name}` }));
    expect(prints((await log(moved)).runs).some((print) => before.includes(print))).toBe(false);
  });

  it('names files below the folder relatively, others by file:, and escapes what is no URI', async () => {
    const uris = async (file: string) => {
      const { runs } = await log(given.slice(3, 4), new Map([['certs/broken.txt', file]]));
      return runs[0].artifacts[0]?.location.uri;
    };
    expect(await uris('certs/a b#c.pem')).toBe('certs/a%20b%23c.pem');
    expect(await uris('/work/checkout/x/y.pem')).toBe('x/y.pem');
    expect(await uris('../outside.pem')).toBe('file:///work/outside.pem');
    expect(await uris('-')).toBe('stdin');
  });

  it('S-11 S-40: is valid whatever is in a document or a name', async () => {
    for (const text of hostile) {
      const { runs } = await log(poisoned(text));
      // eslint-disable-next-line no-control-regex
      expect(JSON.stringify(runs)).not.toMatch(/\\u0000|\\u001b|\u202E/iu);
    }
  });
});

describe('JUnit', () => {
  const parse = (xml: string) => {
    const dom = new DOMParser().parseFromString(xml, 'application/xml');
    expect(dom.querySelector('parsererror')?.textContent).toBeUndefined();
    return dom;
  };
  const number = (element: Element | null, name: string) => Number(element?.getAttribute(name));

  it('has a suite a document and a case a clause, and counts them', async () => {
    const dom = parse(junit(await report(), 'error'));
    const suites = [...dom.querySelectorAll('testsuite')];
    expect(suites.map((suite) => suite.getAttribute('name'))).toEqual([
      ...['bundle.json', 'certs/broken.txt', 'jwt_svid.token', 'skip', 'svid.0.pem', 'x.pem', 'gone.pem'],
    ]);
    for (const suite of suites) {
      expect(number(suite, 'tests')).toBe(suite.querySelectorAll('testcase').length);
      expect(number(suite, 'failures')).toBe(suite.querySelectorAll('failure').length);
      expect(number(suite, 'errors')).toBe(suite.querySelectorAll('error').length);
      expect(number(suite, 'skipped')).toBe(suite.querySelectorAll('skipped').length);
      // Attributes and elements of the schema that Jenkins checks by.
      for (const element of suite.querySelectorAll('*'))
        expect(['properties', 'property', 'testcase', 'failure', 'error', 'skipped', 'system-out']).toContain(
          element.tagName,
        );
    }
    const all = dom.querySelector('testsuites');
    expect(number(all, 'tests')).toBe(dom.querySelectorAll('testcase').length);
    expect(number(all, 'failures')).toBe(dom.querySelectorAll('failure').length);
    expect(number(all, 'errors')).toBe(2);
    const broken = dom.querySelector('testsuite[name="certs/broken.txt"]');
    expect(broken?.getAttribute('timestamp')).toBe('2026-11-22T12:00:00');
    expect(broken?.querySelector('failure')?.parentElement?.getAttribute('name')).toMatch(
      /^ID-11 SPIFFE-ID/u,
    );
    expect(broken?.querySelector('system-out')?.textContent).toMatch(/^Warning: /u);
    expect(dom.querySelector('testsuite[name="gone.pem"] error')?.textContent).toBe(
      'gone.pem: there is no such file.',
    );
  });

  it('takes warnings for failures when they end the pipeline', async () => {
    const failures = async (failOn: 'error' | 'warn') =>
      parse(junit(await report(given.slice(3, 4)), failOn)).querySelectorAll('failure').length;
    expect(await failures('warn')).toBe((await failures('error')) + (given[3]?.judgement.warns.length ?? 0));
    expect(given[3]?.judgement.warns).toContain('ID-01');
  });

  it('S-11 S-40: is well-formed whatever is in a document or a name', async () => {
    const shape = (dom: Document) => [...dom.querySelectorAll('*')].map(({ tagName }) => tagName);
    const clean = shape(parse(junit(await report(poisoned('a')), 'error')));
    for (const text of hostile) {
      const dom = parse(junit(await report(poisoned(text), [{ name: 'x', why: 'y' }]), 'error'));
      expect(shape(dom), text).toEqual(clean);
    }
  });
});
