import { parseArgs } from 'node:util';
import { compare, compareLines } from '@muster/domain';
import { type ExitCode, usageError } from '../exit.ts';
import { printable, printJson, writeLine } from '../io.ts';
import { comparedFile } from '../verify-compare.ts';

export const help = `Usage: muster compare FILE FILE [options]

Compares two documents of one kind field by field: two SVIDs, the one before a renewal and the one after it, two tokens, two bundles
key by key. Nothing is judged and nothing leaves this machine; "muster verify" judges.

  --kind KIND           the kind of both; without it the kind is told from each document
  --all                 fields that are equal, too
  --json                everything as JSON: state, both values and what the difference means
  --quiet               print nothing, only exit

One of the files may be -, standard input. Private keys beside a certificate are left out; signatures of tokens are never shown.

Exit codes: 0 nothing differs, 1 something differs, 2 they cannot be compared or read, or usage.`;

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      kind: { type: 'string' },
      all: { type: 'boolean' },
      json: { type: 'boolean' },
      quiet: { type: 'boolean' },
    },
  });
  const [first, second, ...rest] = positionals;
  if (first === undefined || second === undefined || rest.length > 0)
    throw usageError('Give two files. See "muster compare --help".');
  if (first === '-' && second === '-') throw usageError('Only one of them can be standard input.');
  const left = await comparedFile(first, values.kind);
  const right = await comparedFile(second, values.kind);
  const comparison = await compare(left, right);
  if (values.quiet !== true) {
    if (values.json === true)
      await printJson({
        left: { file: first, kind: left.kind },
        right: { file: second, kind: right.kind },
        ...comparison,
      });
    else {
      const lines = compareLines(comparison, values.all === true);
      await writeLine([`${first} → ${second}`, ...lines].map(printable).join('\n'));
    }
  }
  if (!comparison.comparable) return 2;
  return comparison.identical || comparison.differences === 0 ? 0 : 1;
}
