import { type ReachResponse, ReachState, type ReachStep } from '@muster/api';
import { parseSlimName } from '@muster/domain';
import { proseText, type Tone } from '../../components/index.ts';

export interface Words {
  tone: Tone;
  word: string;
}

const STATE: Record<ReachState, Words> = {
  [ReachState.UNSPECIFIED]: { tone: 'unknown', word: 'not told' },
  [ReachState.GOOD]: { tone: 'ok', word: 'good' },
  [ReachState.WRONG]: { tone: 'bad', word: 'wrong' },
  [ReachState.UNKNOWN]: { tone: 'unknown', word: 'not known' },
  [ReachState.NOT_ASKED]: { tone: 'info', word: 'not looked at' },
};
export const stateWords = ({ state }: ReachStep): Words => STATE[state];

const VERDICT = new Map<string, Words>([
  ['reaches', { tone: 'ok', word: 'Should arrive' }],
  ['does-not', { tone: 'bad', word: 'Does not arrive' }],
]);
export const verdictWords = ({ verdict }: ReachResponse): Words =>
  VERDICT.get(verdict) ?? { tone: 'warn', word: 'Not known' };

const KIND = new Map<string, string>([
  ['membership', 'Membership'],
  ['presence', 'Presence'],
  ['node', 'Nodes'],
  ['link', 'Links'],
  ['route', 'Routes, as the control plane has them'],
  ['node-truth', 'Routes, as the nodes have them'],
  ['identity', 'Identity'],
  ['trust', 'Trust'],
  ['mls', 'Encryption'],
]);
export const kindWords = (kind: string): string => KIND.get(kind) ?? proseText(kind);

/** Steps of one kind that follow each other. */
export interface Part {
  kind: string;
  steps: readonly { step: ReachStep; index: number }[];
}

export function partsOf(steps: readonly ReachStep[]): Part[] {
  const parts: { kind: string; steps: { step: ReachStep; index: number }[] }[] = [];
  for (const [index, step] of steps.entries()) {
    const last = parts.at(-1);
    if (last?.kind === step.kind) last.steps.push({ step, index });
    else parts.push({ kind: step.kind, steps: [{ step, index }] });
  }
  return parts;
}

const WORST = [ReachState.WRONG, ReachState.UNKNOWN, ReachState.NOT_ASKED, ReachState.GOOD];

function worst(steps: readonly ReachStep[]): Words {
  const state = WORST.find((one) => steps.some((step) => step.state === one)) ?? ReachState.UNSPECIFIED;
  return STATE[state];
}

export interface Stop {
  node: string;
  domain: string;
  state: Words;
  /** Of the hop to the next; undefined: the last. */
  hop: (Words & { linked: boolean }) | undefined;
}

/** The way as a picture shows it: its nodes, and what is told of each hop. */
export function wayOf({ path, steps, places }: ReachResponse): Stop[] {
  const domains = new Map(places.map(({ node, domain }) => [node, domain]));
  return path.map((node, index) => {
    const next = path[index + 1];
    const between = steps.filter(
      ({ nodes }) => nodes.length === 2 && next !== undefined && nodes.includes(node) && nodes.includes(next),
    );
    const noLink = between.some(
      ({ kind, state }) => kind === 'link' && (state === ReachState.WRONG || state === ReachState.UNKNOWN),
    );
    return {
      node,
      domain: domains.get(node) ?? node.slice(0, Math.max(0, node.lastIndexOf('/'))),
      state: worst(steps.filter(({ nodes }) => nodes.length === 1 && nodes[0] === node)),
      hop: next === undefined ? undefined : { ...worst(between), linked: !noLink },
    };
  });
}

/** Why a name cannot be asked about; undefined: it can, or there is none. */
export function nameProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const parsed = parseSlimName(text.trim());
  return parsed.ok ? undefined : proseText(parsed.problem.message);
}

/** The answer to paste into a ticket. */
export function asText(answer: ReachResponse, at: Date): string {
  const sign = { ok: '[good]', bad: '[WRONG]', unknown: '[not known]', info: '[not looked at]', warn: '[?]' };
  return [
    `${verdictWords(answer).word}: ${proseText(answer.summary)}`,
    `Looked at ${at.toISOString()}${answer.connection ? `, control plane ${proseText(answer.connection)}` : ''}.`,
    ...(answer.path.length > 0 ? [`Way: ${answer.path.map(proseText).join(' → ')}`] : []),
    ...answer.warnings.map(({ text }) => `! ${proseText(text)}`),
    '',
    ...answer.steps.flatMap((step, index) => [
      `${index + 1}. ${sign[stateWords(step).tone]} ${proseText(step.title)}: ${proseText(step.detail)}`,
      ...step.remedies.map(({ title }) => `   → ${proseText(title)}`),
    ]),
  ].join('\n');
}
