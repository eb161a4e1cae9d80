import { parseArgs } from 'node:util';
import { toJson } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { type ExplainResponse, ExplainResponseSchema, WhyService } from '@muster/api';
import {
  type Evidence,
  type EvidenceKind,
  evidenceLimits,
  readEvidence,
  withholdSecrets,
} from '@muster/domain/evidence';
import { exit, type ExitCode, usageError } from '../exit.ts';
import { printable, printJson, readInput, writeLine } from '../io.ts';
import { withSession } from '../session.ts';
import { whyLines } from '../why-text.ts';

export const help = `Usage: muster why [evidence] [options]

Why has this workload no identity? Says which entries match its selectors, which nearly do and why not, and whether
their parents reach a live agent. Files are read here; only selectors go to the gateway.

Evidence, one of (a FILE of - is standard input):
  --selectors S    type:value; again for each, or several apart by spaces
  --pod FILE       pod, Deployment, StatefulSet, Job, … as YAML or JSON
  --docker FILE    output of docker inspect
  --process FILE   output of id, /proc/PID/status, or lines such as uid=1000
  --log FILE       agent’s log with "PID attested to have selectors" (log level DEBUG)
  --of NAME        of several containers or processes in it, this one

Options:
  --connection C   the SPIRE server; without it all that are connected
  --agent ID       SPIFFE ID of the agent on its host; without it any
  --expect ID      SPIFFE ID it should get
  --entry ID       id of an entry to judge; then no evidence is needed
  --with-secrets   compare variables of the environment that look like secrets, too
  --json           proto JSON, for programs

Exit codes: 0 it gets an identity, 1 it gets none (or the gateway refused: nothing is on standard output then), 2 usage,
3 no gateway, 4 sign-in refused.`;

const kinds = ['pod', 'docker', 'process', 'log'] as const satisfies readonly EvidenceKind[];

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      selectors: { type: 'string', multiple: true },
      pod: { type: 'string' },
      docker: { type: 'string' },
      process: { type: 'string' },
      log: { type: 'string' },
      of: { type: 'string' },
      connection: { type: 'string' },
      agent: { type: 'string' },
      expect: { type: 'string' },
      entry: { type: 'string' },
      'with-secrets': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  if (positionals.length > 0)
    throw usageError(
      `"${printable(positionals[0] ?? '')}" is not expected. Selectors go behind --selectors.`,
    );
  const given = kinds.filter((kind) => values[kind] !== undefined);
  if (given.length + (values.selectors ? 1 : 0) > 1)
    throw usageError('Give one kind of evidence: --selectors, --pod, --docker, --process or --log.');
  const [kind] = given;
  const text = kind
    ? (await readInput(values[kind] ?? '-', evidenceLimits.bytes)).toString('utf8')
    : (values.selectors ?? [])
        .join(' ')
        .split(/\s+(?=[^\s:]+:)/u)
        .join('\n');
  if (text.trim() === '' && values.entry === undefined && values.expect === undefined)
    throw usageError('Give evidence, or --entry or --expect. See "muster why --help".');
  const evidence = text.trim() === '' ? undefined : await evidenceOf(text, kind ?? 'selectors');
  const workload = evidence && workloadOf(evidence, values.of);
  const kept = workload && values['with-secrets'] !== true ? withholdSecrets(workload) : undefined;
  const used = kept?.workload ?? workload;
  const answer = await withSession(({ transport, signal }) =>
    createClient(WhyService, transport).explain(
      {
        connection: values.connection ?? '',
        agentId: values.agent ?? '',
        expectedId: values.expect ?? '',
        entryId: values.entry ?? '',
        selectors: used ? used.selectors.map(({ type, value }) => ({ type, value })) : [],
        unknown: used ? [...used.unknown] : [],
      },
      { signal },
    ),
  );
  if (values.json === true)
    await printJson(toJson(ExplainResponseSchema, answer, { alwaysEmitImplicit: true }));
  else await writeLine(whyLines(answer, notesOf(evidence, used?.name, kept?.withheld ?? [])).join('\n'));
  return gets(answer, evidence !== undefined) ? exit.done : exit.refused;
}

/** With an entry alone the question is whether anybody gets it. */
function gets(answer: ExplainResponse, workload: boolean): boolean {
  if (workload) return answer.hasIdentity;
  return answer.candidates.some(({ chain }) => chain.length > 0 && chain.every(({ ok }) => ok));
}

async function evidenceOf(text: string, kind: EvidenceKind): Promise<Evidence> {
  const read = await readEvidence(text, { kind, yaml: () => import('yaml') });
  if (!read.ok) throw usageError(read.problem.message);
  return read.value;
}

function workloadOf({ workloads }: Evidence, name: string | undefined): Evidence['workloads'][number] {
  const wanted =
    name === undefined
      ? workloads[0]
      : workloads.find((one) => one.name === name || one.name.endsWith(` ${name}`));
  if (!wanted)
    throw usageError(
      `There is no "${printable(name ?? '')}" in it; there are ${workloads.map((one) => `"${printable(one.name)}"`).join(', ')}.`,
    );
  return wanted;
}

function notesOf(
  evidence: Evidence | undefined,
  name: string | undefined,
  withheld: readonly string[],
): string[] {
  if (!evidence) return [];
  const others = evidence.workloads.length - 1;
  return [
    ...evidence.notes,
    ...(others > 0
      ? [
          `Looked at ${name ?? 'the first'}; there ${others === 1 ? 'is one more' : `are ${others} more`}: --of NAME.`,
        ]
      : []),
    ...(withheld.length > 0
      ? [`Kept here, as they look like secrets: ${withheld.join(', ')}. --with-secrets compares them.`]
      : []),
  ];
}
