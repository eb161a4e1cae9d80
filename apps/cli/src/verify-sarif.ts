import { createHash } from 'node:crypto';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Level } from '@muster/domain';
import { referencesOf } from '@muster/domain/references';
import type { Report, ReportCheck, ReportDocument } from '@muster/domain/report-types';

/** OASIS' schema of SARIF 2.1.0 with its errata. */
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const meaning: Readonly<Record<Level, string>> = {
  MUST: 'A document that breaks it is not valid.',
  DECL: 'The specification states it without an RFC 2119 word; a document that breaks it is not valid.',
  SHOULD: 'Recommended: it does not decide whether a document is valid.',
  POLICY: 'Advice of Muster: it does not decide whether a document is valid.',
  MAY: 'Optional: it does not decide whether a document is valid.',
};

/**
 * SARIF 2.1.0: rules are clauses, results are those that are broken (error) or warn, and what could not be read is a
 * notification. `files` gives the file of a document's name; names are relative to `folder` where they lie below it.
 */
export function sarif(report: Report, files: ReadonlyMap<string, string>, folder: string): string {
  const checks = new Map(report.documents.flatMap((one) => one.checks.map((check) => [check.id, check])));
  const rules = [...checks.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const ruleIndex = new Map(rules.map(({ id }, index) => [id, index]));
  const locations = report.documents.map(({ name }) => uriOf(files.get(name) ?? name, folder));
  const artifacts = [...new Set(locations)];
  const notes = [
    ...report.documents.flatMap((document, index) =>
      document.verdict === 'skip' || (document.verdict === 'unreadable' && document.fails.length === 0)
        ? [notification(document.reason, locations[index] ?? '')]
        : [],
    ),
    ...report.notJudged.map(({ name, why }) => notification(`${name}: ${why}.`, uriOf(name, folder))),
  ];
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Muster',
            version: report.tool.version,
            semanticVersion: report.tool.version,
            rules: rules.map(rule),
          },
        },
        automationDetails: { id: 'muster-verify/' },
        invocations: [{ executionSuccessful: notes.length === 0, toolExecutionNotifications: notes }],
        artifacts: artifacts.map((uri) => artifact(uri, report.documents, locations)),
        results: report.documents.flatMap((document, index) =>
          results(document, locations[index] ?? '', artifacts, ruleIndex),
        ),
        columnKind: 'utf16CodeUnits',
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function rule(check: ReportCheck) {
  const { id, spec, section, level, text, note } = check;
  const [reference] = referencesOf(check);
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  const help = `${spec} ${section} (${level}). ${meaning[level]}${note === undefined ? '' : ` Readers differ: ${note}`}`;
  return {
    id,
    name: `${spec} ${section}`.replace(/[^A-Za-z0-9]+/gu, ''),
    shortDescription: { text: sentence },
    fullDescription: { text: sentence },
    help: {
      text: `${sentence} ${help}`,
      markdown: `${sentence.replaceAll('<', '&lt;')}\n\n${help.replaceAll('<', '&lt;')}`,
    },
    ...(reference && { helpUri: reference.address }),
    defaultConfiguration: { level: level === 'MUST' || level === 'DECL' ? 'error' : 'warning' },
    properties: { tags: ['spiffe', spec], precision: 'very-high' },
  };
}

function results(
  document: ReportDocument,
  uri: string,
  artifacts: readonly string[],
  ruleIndex: ReadonlyMap<string, number>,
) {
  return document.checks
    .filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')
    .map(({ id, verdict, evidence, spec, section, level }) => ({
      ruleId: id,
      ruleIndex: ruleIndex.get(id) ?? -1,
      level: verdict === 'fail' ? 'error' : 'warning',
      message: { text: `${evidence} (${document.name}; ${spec} ${section}, ${level})` },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri, index: artifacts.indexOf(uri) },
            // A document is judged as a whole; without a region some viewers show nothing.
            region: { startLine: 1 },
          },
          logicalLocations: [{ name: document.name, kind: 'object' }],
        },
      ],
      // The same clause of the same document is the same finding, even when an SVID was renewed in between.
      partialFingerprints: { 'musterClause/v1': hash(`${uri}\n${document.name}\n${document.kind}\n${id}`) },
    }));
}

function artifact(uri: string, documents: readonly ReportDocument[], locations: readonly string[]) {
  const inside = documents.filter((_document, index) => locations[index] === uri);
  const [only] = inside;
  return {
    location: { uri },
    roles: ['analysisTarget'],
    // Of a file that holds several documents the hash of the whole is not known here.
    ...(inside.length === 1 &&
      only?.bytes !== undefined && { length: only.bytes, hashes: { 'sha-256': only.sha256 } }),
  };
}

function notification(text: string, uri: string) {
  return {
    level: 'error',
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri } } }],
  };
}

/** Relative to the folder where it lies below it, as code scanning wants paths of a checkout; `file:` otherwise. */
function uriOf(name: string, folder: string): string {
  if (name === '-' || name === 'standard input') return 'stdin';
  const way = relative(folder, resolve(folder, name));
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    return pathToFileURL(resolve(folder, name)).href;
  return way.split(sep).map(encodeURIComponent).join('/');
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
