import { encodeBase64 } from './base64.ts';
import { utf8Encode } from './bytes.ts';
import { sha256 } from './digest.ts';
import type { CheckVerdict, JudgementVerdict } from './judge-types.ts';
import { factGroups } from './report-facts.ts';
import { lines, Markup, markup } from './report-markup.ts';
import { reportStyle } from './report-style.ts';
import type { Report, ReportBundle, ReportCheck, ReportDocument } from './report-types.ts';
import {
  checkGroups,
  checksOf,
  countWords,
  judgedWords,
  kindWords,
  leftOut,
  plural,
  summaryWords,
  verdictWords,
} from './report-words.ts';

const tones: Readonly<Record<JudgementVerdict, string>> = {
  valid: 'ok',
  invalid: 'bad',
  unreadable: 'bad',
  skip: 'none',
};
const checkTones: Readonly<Record<CheckVerdict, string>> = {
  fail: 'bad',
  warn: 'warn',
  pass: 'ok',
  'not-checked': 'none',
  'not-applicable': 'none',
};

/**
 * A report as one HTML page that needs nothing else: no script, no request, and a policy in it that allows only its
 * own style sheet. Every text is escaped by the template that it stands in.
 */
export async function reportHtml(report: Report): Promise<string> {
  const [only] = report.documents;
  const single = report.documents.length === 1 ? only : undefined;
  const title = single
    ? `${kindWords[single.kind]}: ${verdictWords[single.verdict].toLowerCase()}`
    : 'Report on SPIFFE documents';
  const allowed = encodeBase64(await sha256(utf8Encode(reportStyle)));
  const policy = `default-src 'none'; style-src 'sha256-${allowed}'; base-uri 'none'; form-action 'none'`;
  const { tool, madeAt } = report;
  const made = madeAt === undefined ? '' : `, on ${madeAt}`;
  const page = lines(
    markup`<!doctype html>`,
    markup`<html lang="en">`,
    markup`<head>`,
    markup`<meta charset="utf-8">`,
    markup`<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    markup`<meta name="referrer" content="no-referrer">`,
    markup`<meta name="viewport" content="width=device-width, initial-scale=1">`,
    markup`<title>${title}</title>`,
    // A constant, and the only text that is taken as it is.
    markup`<style>${new Markup(reportStyle)}</style>`,
    markup`</head>`,
    markup`<body>`,
    single ? [] : overview(title, report),
    report.notJudged.length === 0
      ? []
      : [
          markup`<h2 class="bad">Could not be judged</h2>`,
          factList(report.notJudged.map(({ name, why }) => [name, why])),
        ],
    report.documents.map((one, index) => article(one, single ? undefined : index + 1)),
    report.bundles.map(bundleSection),
    markup`<footer>By ${tool.name} ${tool.version}, whose rule sheet has ${tool.clauses} clauses${made}. ${leftOut}</footer>`,
    markup`</body>`,
    markup`</html>`,
  );
  return `${page.toString()}\n`;
}

function overview(title: string, report: Report): Markup {
  const rows = report.documents.map((document, index) =>
    lines(
      markup`<tr><td class="verdict ${tones[document.verdict]}">${verdictWords[document.verdict]}</td>`,
      markup`<td><a href="#d${index + 1}"><code>${document.name}</code></a></td><td>${kindWords[document.kind]}</td>`,
      markup`<td><code>${document.spiffeId ?? ''}</code></td><td class="level">${document.notAfter ?? ''}</td>`,
      markup`<td>${ids(document.fails)}</td><td>${ids(document.warns)}</td></tr>`,
    ),
  );
  return lines(
    markup`<h1>${title}</h1>`,
    markup`<p>${summaryWords(report)}</p>`,
    rows.length === 0
      ? []
      : table('', ['Verdict', 'Document', 'Kind', 'SPIFFE ID', 'Valid until', 'Broken', 'Warnings'], rows),
  );
}

/** Clause ids, none of which is broken at its hyphen. */
const ids = (list: readonly string[]): readonly Markup[] =>
  list.map((id, index) => markup`<span class="level">${id}${index < list.length - 1 ? ',' : ''}</span> `);

/** `number` is the place in a report on many; undefined in a report on one. */
function article(document: ReportDocument, number: number | undefined): Markup {
  const name = markup`<code>${document.name}</code>`;
  const verdict = markup`<span class="verdict ${tones[document.verdict]}">${verdictWords[document.verdict]}</span>`;
  return lines(
    number === undefined ? markup`<article>` : markup`<article id="d${number}">`,
    number === undefined
      ? markup`<h1>${kindWords[document.kind]}: ${verdict}</h1>\n<p>${name}</p>`
      : markup`<h2>${verdict}: ${name}</h2>`,
    markup`<p>${document.reason}</p>`,
    factList([...judgedWords(document), ['Clauses', countWords(document)]]),
    checkGroups.flatMap(({ verdict: wanted, title }) => {
      const checks = checksOf(document, wanted);
      return checks.length === 0 ? [] : [markup`<h3>${title} (${checks.length})</h3>`, checkTable(checks)];
    }),
    factGroups(document.facts).flatMap(({ title, facts }) => [markup`<h3>${title}</h3>`, factList(facts)]),
    markup`</article>`,
  );
}

function factList(facts: readonly (readonly [string, string])[]): Markup {
  return lines(
    markup`<dl>`,
    facts.map(([term, value]) => markup`<dt>${term}</dt><dd>${value}</dd>`),
    markup`</dl>`,
  );
}

function checkTable(checks: readonly ReportCheck[]): Markup {
  return table(
    'clauses',
    ['Clause', 'Level', 'Requirement', 'Evidence'],
    checks.map((check) =>
      lines(
        markup`<tr><td><span class="verdict ${checkTones[check.verdict]}">${check.id}</span><small>${check.spec} ${check.section}</small></td>`,
        markup`<td class="level">${check.level}</td><td>${words(check.text)}${check.note === undefined ? '' : markup`<small>Readers differ: ${words(check.note)}</small>`}</td>`,
        markup`<td>${check.evidence}</td></tr>`,
      ),
    ),
  );
}

function bundleSection(bundle: ReportBundle): Markup {
  const more = bundle.keyCount - bundle.keys.length;
  return lines(
    markup`<section>`,
    markup`<h2>Bundle of <code>${bundle.trustDomain}</code></h2>`,
    factList([
      ['SHA-256', bundle.sha256],
      ['Sequence', bundle.sequence ?? 'not set'],
      ...(bundle.problem === undefined ? [] : [['Cannot be read', bundle.problem] as const]),
    ]),
    bundle.keys.length === 0
      ? []
      : table(
          '',
          ['Use', 'Key id', 'Key', 'SHA-256', 'Valid until', 'Note'],
          bundle.keys.map(
            (key) =>
              markup`<tr><td>${key.use}</td><td><code>${key.keyId ?? ''}</code></td><td>${key.keyType}</td><td><code>${key.fingerprint ?? ''}</code></td><td class="level">${key.certificate?.notAfter ?? ''}</td><td>${key.note ?? ''}</td></tr>`,
          ),
        ),
    more > 0 ? markup`<p>${plural(more, 'more key')} not listed.</p>` : [],
    markup`</section>`,
  );
}

function table(name: string, head: readonly string[], rows: readonly Markup[]): Markup {
  return lines(
    markup`<table class="${name}">`,
    markup`<thead><tr>${head.map((title) => markup`<th scope="col">${title}</th>`)}</tr></thead>`,
    markup`<tbody>`,
    rows,
    markup`</tbody>`,
    markup`</table>`,
  );
}

/** Words of the rule sheet, where backticks mark what is literal. */
function words(text: string): readonly Markup[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`));
}
