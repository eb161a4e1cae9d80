import {
  type Evidence,
  type EvidenceKind,
  readEvidence,
  withholdSecrets,
  type Workload,
} from '@muster/domain/evidence';
import { formatSelector, parseSelector } from '@muster/domain/selector';

export const KINDS: readonly { value: EvidenceKind | ''; label: string }[] = [
  { value: '', label: 'found out' },
  { value: 'selectors', label: 'selectors, one a line' },
  { value: 'pod', label: 'pod, Deployment, … (YAML or JSON)' },
  { value: 'docker', label: 'docker inspect' },
  { value: 'process', label: 'id, /proc/PID/status, uid=…' },
  { value: 'log', label: 'agent’s log' },
];

export type Read = { ok: true; evidence: Evidence } | { ok: false; why: string };

/** Reads what was pasted, here in the page. */
export async function read(text: string, kind: EvidenceKind | ''): Promise<Read> {
  const found = await readEvidence(text, {
    ...(kind === '' ? {} : { kind }),
    yaml: () => import('yaml'),
  });
  return found.ok ? { ok: true, evidence: found.value } : { ok: false, why: found.problem.message };
}

export interface Chosen {
  /** Selectors, a line each, as they will be sent. */
  text: string;
  unknown: readonly string[];
  /** Variables of the environment kept back. */
  withheld: readonly string[];
}

export function choose(workload: Workload, withSecrets: boolean): Chosen {
  const { workload: kept, withheld } = withholdSecrets(workload);
  const used = withSecrets ? workload : kept;
  return {
    text: used.selectors.map(formatSelector).join('\n'),
    unknown: used.unknown,
    withheld: withSecrets ? [] : withheld,
  };
}

/** Lines of the selector field, and the first that is none. */
export function parseLines(text: string): { selectors: { type: string; value: string }[]; problem: string } {
  const selectors = new Map<string, { type: string; value: string }>();
  for (const [index, raw] of text.split('\n').entries()) {
    // A space at the end is part of a value, but never meant when typed; a carriage return never is.
    const line = raw.trim();
    if (line === '') continue;
    const found = parseSelector(line);
    if (!found.ok) return { selectors: [], problem: `Line ${index + 1}: ${found.problem.message}` };
    selectors.set(line, { ...found.value });
  }
  return selectors.size > 256
    ? { selectors: [], problem: 'More than 256 selectors.' }
    : { selectors: [...selectors.values()], problem: '' };
}

/** Of the selectors, those that may stand in an address: no values of the environment, and not too long. */
export function forAddress(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('docker:env:'));
  const joined = lines.join('\n');
  return joined === '' || joined.length > 1500 ? undefined : joined;
}
