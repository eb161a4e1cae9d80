import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { kinds, useCryptography } from '@muster/domain';
import { type ExitCode, usageError } from '../exit.ts';
import { printable, writeLine, writeText } from '../io.ts';
import { nodeCryptography } from '../node-cryptography.ts';
import { judgeFile, verifierOf } from '../verify-input.ts';
import { judgedJson, setJson } from '../verify-json.ts';
import { exitOf, type FailOn } from '../verify-outcome.ts';
import type { Judged, JudgedSet } from '../verify-set.ts';

// What Node has of its own answers at once; WebCrypto would take a thread for each signature.
useCryptography(nodeCryptography);

export const help = `Usage: muster verify FILE|FOLDER|PATTERN|- ... [options]
       muster verify --watch FILE|FOLDER|PATTERN ... [options]
       muster verify --jsonl [FILE|-]

Judges SPIFFE documents by the letter of the specifications. Nothing leaves this machine, and no gateway is needed.
Of several files, a folder or a pattern (*, ?, [a-z], {a,b}, **; quoted or not) it finds out what each is and what belongs together:
certificate, key, bundle and token, as in a folder of spiffe-helper or of "spire-agent api fetch x509 -write".

What to judge by:
  --kind KIND           ${kinds.join(', ')};
                        without it the kind is told from the document
  --trust-domain TD     the trust domain of the one who verifies
  --bundle [TD=]FILE    trust bundle, SPIFFE JSON or PEM; again for each trust domain. Without TD= it is the bundle
                        of --trust-domain. It is used before one that lies with the documents
  --audience A          audience that a JWT-SVID must name
  --at TIME             judge for this time (RFC 3339), not for now
  --key FILE            private key of an x509-svid-keypair
  --previous FILE       bundle held before, for a bundle-update
  --hidden              look at names that begin with a dot, too

What to print:
  --json                everything as JSON: one object for one FILE, else a list
  --sarif               SARIF 2.1.0: a rule a clause, a result a broken one or a warning
  --junit               JUnit XML: a suite a document, a case a clause
  --report html|md|json a report to keep: what was judged, with what, for when, every clause; the same bytes for the same
                        input. The documents, signatures of tokens and keys are not in it
  --show-claims         headers and claims of tokens in the report, too
  --output FILE         write that to FILE; a summary is printed
  --quiet               a line for each document that is wrong; nothing when none is
  --fail-on warn        warnings end with 1, too
  --watch               judge again whenever a file or the time changes the verdict, until Ctrl C
  --jsonl               one JSON object a line in, one a line out, in the same order:
                        {id, kind, input_b64, key_b64?, previous_b64?, bundles: {TD: base64}, trust_domain?,
                        audience?, evaluation_time} gives {id, verdict, fails, warns}

Exit codes: 0 all valid, 1 one is invalid, 2 one could not be read, or usage. With --jsonl 0 when every line was answered;
with --watch 0 when it was ended by Ctrl C.`;

const options = {
  kind: { type: 'string' },
  'trust-domain': { type: 'string' },
  bundle: { type: 'string', multiple: true },
  audience: { type: 'string' },
  at: { type: 'string' },
  key: { type: 'string' },
  previous: { type: 'string' },
  hidden: { type: 'boolean' },
  json: { type: 'boolean' },
  sarif: { type: 'boolean' },
  junit: { type: 'boolean' },
  report: { type: 'string' },
  'show-claims': { type: 'boolean' },
  output: { type: 'string' },
  quiet: { type: 'boolean' },
  'fail-on': { type: 'string' },
  watch: { type: 'boolean' },
  jsonl: { type: 'boolean' },
} as const;

const parse = (args: readonly string[]) => parseArgs({ args: [...args], allowPositionals: true, options });
type Values = ReturnType<typeof parse>['values'];

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parse(args);
  if (values.jsonl === true) return jsonl(values, positionals);
  const failOn = failOnOf(values['fail-on']);
  const format = formatOf(values);
  if (positionals.length === 0)
    throw usageError('Give a file, a folder, or - for standard input. See "muster verify --help".');
  const [file = ''] = positionals;
  const many = positionals.length > 1 || (await isMany(file));
  if (many || values.watch === true) refuse(values, ['kind', 'key', 'previous'], 'is about one FILE');
  if (values.watch === true) return watch(values, positionals, failOn);
  const set = many
    ? await judgeMany(values, positionals)
    : await judgeFile(file, { ...values, trustDomain: values['trust-domain'] });
  if (format === 'text') await printText(set, values, many, failOn);
  else {
    const text = await written(format, set, values, many, failOn);
    if (values.output === undefined) {
      await writeText(text);
      for (const { name, why } of set.problems) console.error(`muster: ${printable(`${name}: ${why}.`)}`);
    } else {
      const { writeOutput } = await import('../verify-write.ts');
      await writeOutput(values.output, text, set.judged.flatMap(filesOf));
      await printText(set, values, many, failOn);
    }
  }
  return exitOf(set, failOn);
}

async function jsonl(values: Values, [file, ...rest]: readonly string[]): Promise<ExitCode> {
  if (rest.length > 0) throw usageError('Give one file, or - for standard input.');
  refuse(
    values,
    Object.keys(values).filter((name) => name !== 'jsonl'),
    'does not go with --jsonl: each line carries its own',
  );
  const { verifyLines } = await import('../verify-jsonl.ts');
  await verifyLines(file ?? '-');
  return 0;
}

async function watch(values: Values, positionals: readonly string[], failOn: FailOn): Promise<ExitCode> {
  refuse(values, ['at'], 'does not go with --watch, which judges for now');
  refuse(
    values,
    ['sarif', 'junit', 'report', 'output'],
    'does not go with --watch; --json prints a line an event',
  );
  if (positionals.includes('-')) throw usageError('Standard input cannot be watched.');
  const { watchFiles } = await import('../verify-watch.ts');
  const read = () => verifierOf({ ...values, trustDomain: values['trust-domain'] });
  const { trustDomain, audience } = await read();
  return watchFiles(
    positionals,
    { trustDomain, audience, hidden: values.hidden === true, bundles: async () => (await read()).bundles },
    {
      json: values.json === true,
      quiet: values.quiet === true,
      failOn,
    },
  );
}

async function judgeMany(values: Values, positionals: readonly string[]): Promise<JudgedSet> {
  const { judgeSet } = await import('../verify-set.ts');
  const verifier = await verifierOf({ ...values, trustDomain: values['trust-domain'] });
  return judgeSet(positionals, { ...verifier, hidden: values.hidden === true });
}

/** A folder or a pattern; what is there as a file is that file, whatever is in its name. */
async function isMany(arg: string): Promise<boolean> {
  if (arg === '-') return false;
  const found = await stat(arg).catch(() => undefined);
  return found ? found.isDirectory() : /[*?[{]/u.test(arg);
}

type Format = 'text' | 'json' | 'sarif' | 'junit' | 'html' | 'md' | 'report-json';

function formatOf(values: Values): Format {
  const asked = (['json', 'sarif', 'junit', 'report'] as const).filter((name) => values[name] !== undefined);
  if (asked.length > 1)
    throw usageError(
      `Give one of ${asked.map((name) => `--${name}`).join(', ')}: each is all that is printed.`,
    );
  if (values['show-claims'] === true && values.report === undefined)
    throw usageError('--show-claims is for --report.');
  const [one] = asked;
  if (one === undefined) {
    if (values.output !== undefined)
      throw usageError('--output needs what to write: --json, --sarif, --junit or --report.');
    return 'text';
  }
  if (one !== 'report') return one;
  switch (values.report) {
    case 'html':
    case 'md':
      return values.report;
    case 'json':
      return 'report-json';
    default:
      throw usageError(`--report is html, md or json; not "${values.report}".`);
  }
}

function failOnOf(text: string | undefined): FailOn {
  if (text === undefined || text === 'error') return 'error';
  if (text !== 'warn') throw usageError(`--fail-on is warn or error; not "${text}".`);
  return 'warn';
}

function refuse(values: Values, names: readonly string[], why: string): void {
  const given = names.find((name) => Object.hasOwn(values, name));
  if (given !== undefined) throw usageError(`--${given} ${why}.`);
}

async function printText(set: JudgedSet, values: Values, many: boolean, failOn: FailOn): Promise<void> {
  const { beside, judgementLines, quietLines, setLines } = await import('../verify-text.ts');
  const [only] = set.judged;
  const lines =
    values.quiet === true
      ? quietLines(set, failOn)
      : !many && only && set.judged.length === 1
        ? [...judgementLines(only.input, only.judgement), ...beside(set)]
        : setLines(set);
  if (lines.length > 0) await writeLine(lines.join('\n'));
}

/** Files that a judgement was made from, which nothing may be written over. */
const filesOf = ({ file, keyFile, bundleFiles }: Judged): string[] => [
  file,
  ...(keyFile === undefined ? [] : [keyFile]),
  ...bundleFiles.values(),
];

/** What --json, --sarif, --junit and --report print or write. */
async function written(
  format: Exclude<Format, 'text'>,
  set: JudgedSet,
  values: Values,
  many: boolean,
  failOn: FailOn,
): Promise<string> {
  if (format === 'json') {
    const [only] = set.judged;
    if (!many && only && set.judged.length === 1) return `${JSON.stringify(judgedJson(only), null, 2)}\n`;
    return `${JSON.stringify(setJson(set), null, 2)}\n`;
  }
  const { reportOf, writtenReport } = await import('../verify-report.ts');
  const report = await reportOf(set, { showClaims: values['show-claims'] === true });
  switch (format) {
    case 'sarif': {
      const { sarif } = await import('../verify-sarif.ts');
      const files = new Map(set.judged.map(({ name, file }) => [name, file]));
      return sarif(report, files, process.cwd());
    }
    case 'junit':
      return (await import('../verify-junit.ts')).junit(report, failOn);
    case 'report-json':
      return writtenReport(report, 'json');
    default:
      return writtenReport(report, format);
  }
}
