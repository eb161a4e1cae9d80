import { isDockerInspect, readDocker } from './evidence-docker.ts';
import { isAgentLog, readAgentLog } from './evidence-log.ts';
import { isPod, readPods } from './evidence-pod.ts';
import { isProcess, readProcess } from './evidence-process.ts';
import { type Evidence, type EvidenceKind, evidenceLimits, type Workload } from './evidence-values.ts';
import { parseYaml, type YamlLibrary } from './evidence-yaml.ts';
import { type JsonValue, parseJson } from './json.ts';
import { quote } from './display.ts';
import { type Parsed, parsed, refused } from './result.ts';
import { parseSelector } from './selector.ts';

export { withholdSecrets } from './evidence-docker.ts';
export { type Evidence, type EvidenceKind, evidenceLimits, type Workload } from './evidence-values.ts';
export type { YamlLibrary } from './evidence-yaml.ts';

/**
 * Reads the selectors of a workload out of what a person has at hand: selectors one a line, a pod or its controller in
 * YAML or JSON, `docker inspect`, `id` or /proc/PID/status, lines of an agent's log. Nothing leaves the caller: only
 * the selectors need to be sent. At most 1 MiB; `kind` unset is found out. `yaml` is asked for only when it is YAML.
 */
export async function readEvidence(
  text: string,
  options: { kind?: EvidenceKind; yaml: () => Promise<YamlLibrary> },
): Promise<Parsed<Evidence>> {
  if (text.length > evidenceLimits.bytes)
    return refused('evidence-size', 'This is longer than 1 MiB: give the workload’s own part alone.');
  if (text.trim() === '') return refused('evidence-empty', 'There is nothing to read.');
  const kind = options.kind ?? guess(text);
  if (kind === 'log')
    return told(
      'log',
      readAgentLog(text),
      'No line has “PID attested to have selectors”: the agent writes it at log level DEBUG.',
    );
  if (kind === 'process')
    return told('process', readProcess(text), 'There is no uid, gid, user or path in it.');
  if (kind === 'selectors') return readSelectorLines(text);
  return readDocument(text, kind, options.yaml);
}

function guess(text: string): EvidenceKind | undefined {
  if (isAgentLog(text)) return 'log';
  const start = text.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) return undefined;
  if (/^(?:apiVersion|kind|metadata|spec|items)\s*:/mu.test(text)) return 'pod';
  if (isProcess(text)) return 'process';
  return 'selectors';
}

async function readDocument(
  text: string,
  kind: 'pod' | 'docker' | undefined,
  yaml: () => Promise<YamlLibrary>,
): Promise<Parsed<Evidence>> {
  const start = text.trimStart();
  let documents: readonly JsonValue[];
  if (start.startsWith('{') || start.startsWith('[')) {
    const read = parseJson(text.trim());
    if (!read.ok) return refused(read.problem.code, `The JSON cannot be read: ${read.problem.message}`);
    documents = [read.value.value];
  } else {
    const read = parseYaml(text, await yaml());
    if (!read.ok) return read;
    documents = read.value;
  }
  const [first] = documents;
  const docker = kind === 'docker' || (kind === undefined && first !== undefined && isDockerInspect(first));
  if (docker)
    return told(
      'docker',
      first === undefined ? { workloads: [], notes: [] } : readDocker(first),
      'There is no container in it: the output of docker inspect CONTAINER is needed, which has Config.',
    );
  if (kind === undefined && !documents.some(isPod))
    return refused('evidence-kind', 'This JSON is neither a pod nor the output of docker inspect CONTAINER.');
  return told(
    'pod',
    readPods(documents),
    'There is no pod in it: a Pod, or a Deployment, StatefulSet, DaemonSet, Job or CronJob with its containers, is needed.',
  );
}

function told(
  kind: EvidenceKind,
  { workloads, notes }: { workloads: readonly Workload[]; notes: readonly string[] },
  none: string,
): Parsed<Evidence> {
  const some = workloads.filter(({ selectors }) => selectors.length > 0);
  if (some.length === 0) return refused('evidence-nothing', none);
  const cut = some.map((one) =>
    one.selectors.length > evidenceLimits.selectors
      ? {
          ...one,
          selectors: one.selectors.slice(0, evidenceLimits.selectors),
          unknown: [...one.unknown, '*'],
        }
      : one,
  );
  const more = some.some((one) => one.selectors.length > evidenceLimits.selectors)
    ? [`Only the first ${evidenceLimits.selectors} selectors are used.`]
    : [];
  return parsed({ kind, workloads: cut, notes: [...notes, ...more] });
}

function readSelectorLines(text: string): Parsed<Evidence> {
  const selectors: Workload['selectors'][number][] = [];
  const seen = new Set<string>();
  for (const [index, raw] of text.split('\n').entries()) {
    // As on the command line of spire-server, too: -selector unix:uid:1000
    const line = raw
      .trim()
      .replace(/^(?:-?-selector[ =]|- )\s*/u, '')
      .replace(/^(["'])(.*)\1$/u, '$2');
    if (line === '' || line.startsWith('#') || seen.has(line)) continue;
    const read = parseSelector(line);
    if (!read.ok)
      return refused(read.problem.code, `Line ${index + 1}, ${quote(line, 60)}: ${read.problem.message}`);
    seen.add(line);
    selectors.push({ ...read.value });
    if (selectors.length > evidenceLimits.selectors)
      return refused('evidence-selectors', `There are more than ${evidenceLimits.selectors} selectors.`);
  }
  if (selectors.length === 0) return refused('evidence-empty', 'There is no selector in it.');
  return parsed({ kind: 'selectors', workloads: [{ name: 'workload', selectors, unknown: [] }], notes: [] });
}
