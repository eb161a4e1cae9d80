import { parseArgs } from 'node:util';
import { judge, kinds } from '@muster/domain';
import { type ExitCode, usageError } from '../exit.ts';
import { printJson, writeLine } from '../io.ts';
import { documentOf } from '../verify-input.ts';
import { verifyLines } from '../verify-jsonl.ts';
import { judgementLines } from '../verify-text.ts';

export const help = `Usage: muster verify FILE|- [options]
       muster verify --jsonl [FILE|-]

Judges a SPIFFE document by the letter of the specifications. Nothing leaves this machine, and no gateway is needed.

  --kind KIND           ${kinds.join(', ')};
                        without it the kind is told from the document
  --trust-domain TD     the trust domain of the one who verifies
  --bundle [TD=]FILE    trust bundle, SPIFFE JSON or PEM; again for each trust domain. Without TD= it is the bundle
                        of --trust-domain
  --audience A          audience that a JWT-SVID must name
  --at TIME             judge for this time (RFC 3339), not for now
  --key FILE            private key of an x509-svid-keypair
  --previous FILE       bundle held before, for a bundle-update
  --json                everything as JSON: every clause with its verdict and evidence
  --jsonl               one JSON object a line in, one a line out, in the same order:
                        {id, kind, input_b64, key_b64?, previous_b64?, bundles: {TD: base64}, trust_domain?,
                        audience?, evaluation_time} gives {id, verdict, fails, warns}

Exit codes: 0 valid, 1 invalid, 2 unreadable or usage. With --jsonl 0 when every line was answered.`;

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      kind: { type: 'string' },
      'trust-domain': { type: 'string' },
      bundle: { type: 'string', multiple: true },
      audience: { type: 'string' },
      at: { type: 'string' },
      key: { type: 'string' },
      previous: { type: 'string' },
      json: { type: 'boolean' },
      jsonl: { type: 'boolean' },
    },
  });
  const [file, ...rest] = positionals;
  if (rest.length > 0) throw usageError('Give one file, or - for standard input.');
  if (values.jsonl === true) {
    const extra = Object.keys(values).find((name) => name !== 'jsonl');
    if (extra !== undefined)
      throw usageError(`--${extra} does not go with --jsonl: each line carries its own.`);
    await verifyLines(file ?? '-');
    return 0;
  }
  if (file === undefined)
    throw usageError('Give a file, or - for standard input. See "muster verify --help".');
  const input = await documentOf(file, { ...values, trustDomain: values['trust-domain'] });
  const judgement = await judge(input);
  if (values.json === true) {
    const { kind, verdict, reason, fails, warns, checks, decoded } = judgement;
    await printJson({
      kind,
      verdict,
      reason,
      evaluationTime: input.at.toISOString(),
      fails,
      warns,
      checks,
      decoded,
    });
  } else await writeLine(judgementLines(input, judgement).join('\n'));
  return judgement.verdict === 'valid' ? 0 : judgement.verdict === 'invalid' ? 1 : 2;
}
