import type { Judged } from './workload.ts';

/** A judged entry with how its parent reaches an agent. */
export interface Chained extends Judged {
  /** A live agent (the one asked about) is given it. */
  served: boolean;
  issued: boolean;
  /** Why its parent reaches none; empty where it does. */
  broken: string;
}

const some = (texts: readonly string[], most = 3): string =>
  texts.length > most
    ? `${texts.slice(0, most).join(', ')} and ${texts.length - most} more`
    : texts.join(', ');

const textOf = ({ type, value }: { type: string; value: string }): string => `${type}:${value}`;

/** One entry's verdict; `alone`: no workload was given to hold against it. */
export function candidateVerdict(one: Chained, alone = false): string {
  if (alone)
    return one.served
      ? 'Issued to every workload with all of these selectors whose agent it reaches.'
      : `Issued to nobody: ${one.broken}`;
  if (one.issued) return 'It is issued to this workload.';
  if (one.matches) return `Its selectors match, but it is not issued: ${one.broken}`;
  const failing = one.selectors.filter(({ verdict }) => verdict !== 'matches');
  const untold = failing.filter(({ verdict }) => verdict === 'cannot-tell');
  const parent = one.served ? '' : ` Nor would it be issued: ${one.broken}`;
  if (one.mayMatch)
    return `Issued if the workload has ${some(untold.map(({ wanted }) => textOf(wanted)))}, which cannot be told.${parent}`;
  const wrong = failing.filter(({ verdict }) => verdict !== 'cannot-tell');
  const [first] = wrong;
  if (one.selectors.length === 1 && first)
    return `Its one selector fails, ${textOf(first.wanted)}: ${first.text}${parent}`;
  return `${wrong.length} of ${one.selectors.length} selectors ${wrong.length === 1 ? 'fails' : 'fail'}: ${some(wrong.map(({ wanted }) => textOf(wanted)))}.${parent}`;
}

export interface Whole {
  matching: readonly Chained[];
  matchingTotal: number;
  near: readonly Chained[];
  expectedId: string;
  /** Name of the agent asked about, empty for any. */
  agentId: string;
  bounded: boolean;
  /** No selectors were given: an entry alone is looked at. */
  entryOnly: boolean;
}

/** The answer in one sentence. */
export function verdict(whole: Whole): string {
  const { matching, near, expectedId, agentId } = whole;
  const issued = matching.filter((one) => one.issued);
  const where = agentId === '' ? '' : ` from ${agentId}`;
  const [first] = near;
  if (whole.entryOnly) {
    if (!first) return 'There is no such entry here.';
    return first.served
      ? `A workload with all ${first.selectors.length === 1 ? 'of this selector' : `${first.selectors.length} selectors`} gets it${where}: its parent reaches a live agent.`
      : `No workload gets it${where}: ${first.broken}`;
  }
  const ids = [...new Set(issued.map(({ stored }) => stored.row.spiffeId))];
  if (expectedId !== '' && issued.length > 0 && !ids.includes(expectedId))
    return `It gets another identity than expected${where}: ${some(ids)}. ${near[0] ? expected(near, expectedId) : `No entry gives ${expectedId}.`}`;
  if (issued.length > 0) {
    const more = whole.matchingTotal > matching.length ? ', among others' : '';
    return `It gets ${ids.length === 1 ? ids[0] : `${ids.length} identities: ${some(ids)}`}${more}${where}. If it says it has none, give its agent up to 10 s to hear of the entry, and look at the agent’s log.`;
  }
  if (matching.length > 0) {
    const [one] = matching;
    return `${matching.length === 1 ? 'One entry matches' : `${matching.length} entries match`}, but none is issued${where}: ${one?.broken ?? ''}`;
  }
  if (first?.mayMatch)
    return `Whether ${first.stored.row.spiffeId} matches cannot be told: ${candidateVerdict(first)}`;
  if (first)
    return `No entry matches${where}. Nearest is ${first.stored.row.spiffeId}: ${candidateVerdict(first)}`;
  return whole.bounded
    ? 'No entry matches, and no near miss was found in the part that was searched.'
    : 'No entry matches, and none is near: no entry shares a selector with this workload.';
}

function expected(near: readonly Chained[], expectedId: string): string {
  const one = near.find(({ stored }) => stored.row.spiffeId === expectedId);
  return one ? `${expectedId}: ${candidateVerdict(one)}` : `No entry gives ${expectedId}.`;
}
