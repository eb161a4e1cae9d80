// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';
import { makeReport } from './report.ts';
import { reportHtml } from './report-html.ts';
import { reportMarkdown } from './report-markdown.ts';
import type { ReportSubject } from './report-types.ts';
import { reportSubjects } from './testing/report-subjects.ts';

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '<!-- ',
  ']]>',
  '&lt;b&gt; &amp;amp; &#60;',
  'javascript:alert(1)',
  '[click](javascript:alert(1))',
  '![x](https://evil.example/x.png)',
  'https://evil.example',
  '@everyone #1',
  '`',
  '``` code',
  '`a` | b',
  'a\\|[click](https://evil.example)',
  '|',
  '| a | b |\n| --- | --- |',
  '# heading',
  '\n# heading',
  '- list',
  '    indented',
  '<details>',
  '\r\n\r\n',
  '${7*7}',
  '{{7*7}}',
  '\u001B[31mred',
  '\u202Egnp.exe',
  '\u200Bzero',
  '\u0000',
  '\uD800',
  '\uFFFF',
  '\u2028',
  '=cmd()',
  'é ñ 字',
];
/** As reports write what could format or hide. */
const shown = (text: string) =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );

let subjects: ReportSubject[];
beforeAll(async () => {
  const { x509, jwt, bundleDocument } = await reportSubjects();
  subjects = [x509, jwt, bundleDocument];
});

/** What is not the document's: what code branches on, and the words of the rule sheet. */
const ours: ReadonlySet<string> = new Set([
  ...['type', 'kind', 'verdict', 'level', 'source', 'id', 'spec', 'section', 'text', 'fails', 'warns'],
]);

/** The same value with every text in it replaced; what code branches on stays. */
function poison(value: unknown, text: string, name = ''): unknown {
  if (typeof value === 'string') return ours.has(name) ? value : text;
  if (Array.isArray(value)) return value.map((item) => poison(item, text, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, poison(item, text, key)]));
}

function poisoned(text: string): ReportSubject[] {
  return subjects.map((subject) => ({
    ...subject,
    name: text,
    audience: text,
    trustDomain: text,
    judgement: poison(subject.judgement, text) as ReportSubject['judgement'],
    bundles: new Map([[text, new Uint8Array(3)]]),
    bundleSources: new Map([[text, text]]),
  }));
}

describe('the HTML report', () => {
  it('S-11: writes every text as text, whatever is in it', async () => {
    const clean = elements(await page(poisoned('a').slice(0, 2)));
    for (const text of hostile) {
      const dom = await page(poisoned(text).slice(0, 2));
      expect(elements(dom), text).toEqual(clean);
      for (const one of dom.querySelectorAll('article p code, article h2 code'))
        expect(one.textContent).toBe(shown(text));
      const evidence = [...dom.querySelectorAll('.clauses td:nth-child(4)')];
      expect(evidence.length).toBeGreaterThan(40);
      for (const cell of evidence) expect(cell.textContent).toBe(shown(text));
    }
  });

  it('S-11: has no script, no request, no event, and a policy that forbids them', async () => {
    for (const given of [[], subjects.slice(0, 1), subjects, poisoned(hostile.join(' '))]) {
      const text = await reportHtml(await makeReport(given));
      const dom = new DOMParser().parseFromString(text, 'text/html');
      expect(dom.querySelectorAll('script, link, img, iframe, object, form, base, [style]')).toHaveLength(0);
      const policy = dom.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content');
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'$/u,
      );
      const style = new TextEncoder().encode(dom.querySelector('style')?.textContent ?? '');
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', style));
      expect(policy).toContain(btoa(String.fromCharCode(...digest)));
      for (const element of dom.querySelectorAll('*'))
        for (const { name, value } of element.attributes) {
          expect(name).not.toMatch(/^on|^style$|^src$/u);
          if (name === 'href') expect(value).toMatch(/^#d\d+$/u);
        }
    }
  });

  it('can be read as a table of contents with many documents, and at once with one', async () => {
    const many = await page(subjects);
    const rows = [...many.querySelectorAll('body > table tbody tr')];
    expect(rows.map((row) => row.querySelector('td')?.textContent)).toEqual(['Valid', 'Valid', 'Valid']);
    for (const link of many.querySelectorAll('a'))
      expect(many.querySelector(link.getAttribute('href') ?? '')?.tagName).toBe('ARTICLE');
    expect((await page(subjects.slice(0, 1))).querySelector('h1')?.textContent).toBe('X.509-SVID: Valid');
  });

  async function page(given: readonly ReportSubject[]): Promise<Document> {
    return new DOMParser().parseFromString(await reportHtml(await makeReport(given)), 'text/html');
  }
  const elements = (dom: Document) => [...dom.querySelectorAll('*')].map(({ tagName }) => tagName);
});

describe('the Markdown report', () => {
  it('S-11: lets no text of a document out of its code span', async () => {
    const clean = outside(reportMarkdown(await makeReport(poisoned('a'))));
    for (const text of hostile) {
      const written = reportMarkdown(await makeReport(poisoned(text)));
      expect(outside(written), text).toEqual(clean);
      expect(written).toContain(shown(text));
    }
  });

  it('has tables whose rows have as many cells as their heads', async () => {
    for (const text of hostile) {
      let width = 0;
      for (const line of reportMarkdown(await makeReport(poisoned(text))).split('\n')) {
        // The strictest reader: a backslash takes any character after it along.
        const cells = line.startsWith('|') ? line.replaceAll(/\\./gu, '').split('|').length : 0;
        if (cells > 0 && width > 0) expect(cells, line).toBe(width);
        width = cells;
      }
    }
  });

  /** Markdown without what is in code spans (CommonMark 6.1: a fence is closed by one as long as it), line by line. */
  function outside(text: string): string[] {
    return text.split('\n').map((line) => line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/gu, 'CODE'));
  }
});
