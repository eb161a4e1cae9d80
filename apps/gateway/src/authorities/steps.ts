import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import { kindNames, sameKey, svidNames } from './join.ts';
import { automatic, inSlot, iso, lackingAt, number, short } from './situation.ts';
import type { Situation } from './situation.ts';

export type Verdict = 'holds' | 'caution' | 'closed' | 'unknown';

export interface GateFact {
  verdict: Verdict;
  text: string;
}

export type Verb = 'prepare' | 'activate' | 'taint' | 'revoke';

export interface Step {
  verb: Verb;
  /** It acts on; empty for prepare. */
  id: string;
  state: 'done' | 'next' | 'later';
  gates: GateFact[];
  /** Refused only because it would leave a key that no call reaches: a person may insist. */
  insist: boolean;
  /** Acts on the upstream authority of the old local one. */
  upstream: boolean;
}

const gate = (verdict: Verdict, text: string): GateFact => ({ verdict, text });
const holds = (text: string): GateFact => gate('holds', text);
const caution = (text: string): GateFact => gate('caution', text);
const closed = (text: string): GateFact => gate('closed', text);
const unknown = (text: string): GateFact => gate('unknown', text);

export const isPossible = ({ gates }: Step): boolean => !gates.some(({ verdict }) => verdict === 'closed');
export const isSafe = (step: Step): boolean =>
  isPossible(step) && !step.gates.some(({ verdict }) => verdict === 'caution');

/** The four steps of a rotation: whether each is possible, what speaks against it, and what nobody can know. */
export function rotationSteps(situation: Situation): Step[] {
  const done = progress(situation);
  const all = [prepareStep(situation), activateStep(situation), taintStep(situation), revokeStep(situation)];
  return all.map((step, index) => {
    const state = index < done ? 'done' : index === done ? 'next' : 'later';
    const gates = situation.lacks === '' ? step.gates : [closed(situation.lacks), ...step.gates];
    return { ...step, state, gates };
  });
}

/** How many steps of the rotation under way the server shows to be done. */
export function progress(situation: Situation): number {
  if (situation.slots.prepared) return 1;
  const old = inSlot(situation, 'old');
  if (!old) return 0;
  if (!old.inBundle) return 4;
  return old.tainted ? 3 : 2;
}

type Draft = Omit<Step, 'state'>;

function prepareStep(situation: Situation): Draft {
  const gates: GateFact[] = [];
  const prepared = inSlot(situation, 'prepared');
  const old = inSlot(situation, 'old');
  let insist = false;
  if (prepared) {
    insist = true;
    gates.push(
      closed(
        `${short(prepared.id)} is prepared already. Preparing again would take its slot and leave it in the bundle, where no call can activate, taint or revoke it. Activate it instead.`,
      ),
    );
  } else if (old?.inBundle === true && old.tainted) {
    insist = true;
    gates.push(
      closed(
        `The old one, ${short(old.id)}, is tainted and not revoked. The next one would take its slot, and then no call can revoke it: it would be trusted until ${iso(old.expiresAt)}. Revoke it first.`,
      ),
    );
  } else if (old?.inBundle === true) {
    gates.push(
      caution(
        `The old one, ${short(old.id)}, is still trusted. The next one takes its slot: after that it can be neither tainted nor revoked, and is trusted until it expires (${iso(old.expiresAt)}).`,
      ),
    );
  } else gates.push(holds('Neither a prepared authority nor a trusted old one is in its way.'));
  const own = automatic(situation);
  if (!prepared && own) {
    gates.push(
      holds(
        own.prepares > situation.now
          ? `The server would prepare one by itself at ${iso(own.prepares)}.`
          : `The server prepares one by itself since ${iso(own.prepares)}; it should have come within seconds.`,
      ),
    );
  }
  gates.push(
    unknown(
      'Other servers of the same trust domain have authorities of their own; this prepares one on the server reached only.',
    ),
  );
  return { verb: 'prepare', id: '', gates, insist, upstream: false };
}

function activateStep(situation: Situation): Draft {
  const gates: GateFact[] = [];
  const prepared = inSlot(situation, 'prepared');
  const { kind } = situation;
  if (!prepared) gates.push(closed('No authority is prepared. Prepare one first.'));
  else if (!prepared.inBundle)
    gates.push(
      caution('The bundle does not hold the prepared one: what it signs would be trusted by nobody.'),
    );
  else {
    gates.push(holds('It is in the server’s own bundle.'));
    gates.push(...spread(situation, prepared.upstream === '' ? prepared.id : prepared.upstream));
    gates.push(
      unknown(
        kind === 'x509'
          ? 'Whether every workload follows the bundle: one that read it once at its start refuses what the new authority signs.'
          : 'Whether every verifier follows the JWT bundle: one that read it once refuses what the new key signs.',
      ),
    );
  }
  return { verb: 'activate', id: prepared?.id ?? '', gates, insist: false, upstream: false };
}

/** Where the new key has to be known before it signs. */
function spread(situation: Situation, id: string): GateFact[] {
  const out: GateFact[] = [];
  const { workloads, peers } = situation;
  const behind = lackingAt(workloads, id);
  if (behind.length > 0)
    out.push(
      caution(
        `Not yet in the bundle that ${behind.join(', ')} hands out: agents fetch it at their next sync, some seconds later.`,
      ),
    );
  else if (workloads.length > 0)
    out.push(
      holds(`In the bundle that ${workloads.map(({ connection }) => connection).join(', ')} hands out.`),
    );
  const lacking = lackingAt(peers, id);
  if (lacking.length > 0)
    out.push(
      caution(
        `Not yet in the copy of ${lacking.join(', ')}: it would refuse what the new authority signs until it fetches the bundle, every 75 s with SPIRE’s default refresh hint of 5 min, or at once by federation.refresh.`,
      ),
    );
  else if (peers.length > 0)
    out.push(holds(`In the copy of ${peers.map(({ connection }) => connection).join(', ')}.`));
  out.push(unknown('The copies of federated trust domains whose server is not connected here.'));
  return out;
}

function taintStep(situation: Situation): Draft {
  const gates: GateFact[] = [];
  const old = inSlot(situation, 'old');
  const target = upstreamOf(situation);
  if (!old) gates.push(closed(noOld(situation)));
  else if (!old.inBundle) gates.push(closed(`${short(old.id)} has left the bundle already.`));
  else if (old.tainted) gates.push(closed(`${short(old.id)} is tainted already.`));
  else {
    if (old.upstream !== '' && target === '') gates.push(closed(sharedUpstream(old.upstream)));
    else gates.push(holds(`${short(old.id)} signs nothing any more.`));
    if (situation.kind === 'x509')
      gates.push(
        caution(
          `Agents have every X.509-SVID that it signed issued anew within seconds: up to ${number(situation.entries, 'entry', 'entries')} over ${number(situation.agents, 'agent', 'agents')} at once. Workloads see a short list for some tenths of a second.`,
        ),
      );
    else
      gates.push(
        holds(
          'Agents drop the JWT-SVIDs of it that they keep; the next fetch gives one of the active key. Tokens handed out before are accepted until it is revoked.',
        ),
      );
    gates.push(
      holds(
        'It is needed before revoking, and at once when a key was stolen. In a planned rotation the old one may also just expire.',
      ),
    );
  }
  return {
    verb: 'taint',
    id: target === '' ? (old?.id ?? '') : target,
    gates,
    insist: false,
    upstream: target !== '',
  };
}

function revokeStep(situation: Situation): Draft {
  const gates: GateFact[] = [];
  const { kind, oldUse } = situation;
  const old = inSlot(situation, 'old');
  const target = upstreamOf(situation);
  if (!old) gates.push(closed(noOld(situation)));
  else if (!old.inBundle) gates.push(closed(`${short(old.id)} has left the bundle already.`));
  else if (!old.tainted)
    gates.push(
      closed(`${short(old.id)} is not tainted. SPIRE revokes tainted authorities only: taint it first.`),
    );
  else {
    if (old.upstream !== '' && target === '') gates.push(closed(sharedUpstream(old.upstream)));
    if (oldUse) gates.push(...useGates(kind, oldUse, situation.now));
    gates.push(...cannotKnow(kind, oldUse));
  }
  return {
    verb: 'revoke',
    id: target === '' ? (old?.id ?? '') : target,
    gates,
    insist: false,
    upstream: target !== '',
  };
}

function useGates(kind: LocalKind, use: NonNullable<Situation['oldUse']>, now: bigint): GateFact[] {
  if (use.until !== 0n && use.until <= now)
    return [holds('It has expired: nothing that it signed is valid.')];
  const out: GateFact[] = [];
  if (kind === 'x509') {
    if (use.svidsOnOld > 0)
      out.push(
        caution(
          `${number(use.svidsOnOld, 'X.509-SVID', 'X.509-SVIDs')} of ${use.svids} on the Workload APIs connected here ${use.svidsOnOld === 1 ? 'is' : 'are'} signed by it: refused everywhere from then on.`,
        ),
      );
    else if (use.svids > 0)
      out.push(
        holds(
          `None of the ${number(use.svids, 'X.509-SVID', 'X.509-SVIDs')} on the Workload APIs connected here is signed by it.`,
        ),
      );
    const left = use.agents - use.agentsMoved;
    if (left > 0)
      out.push(
        caution(
          `${left} of ${number(use.agents, 'agent', 'agents')} ${left === 1 ? 'has' : 'have'} not been seen to renew since: after a taint a running agent does so within seconds, so it is stopped, cut off, or renewed between two readings.`,
        ),
      );
    else if (use.agents > 0)
      out.push(
        holds(`${use.agents === 1 ? 'The only agent has' : `All ${use.agents} agents have`} renewed since.`),
      );
  }
  const { likelyUntil, likelyReason } = use;
  if (likelyUntil === 0n) return out;
  if (likelyUntil <= now)
    out.push(holds(`What it signed has probably expired since ${iso(likelyUntil)}. ${likelyReason}`));
  else if (kind === 'jwt')
    out.push(
      caution(
        `Tokens that it signed are probably valid until ${iso(likelyUntil)}; revoked before that, they are refused. ${likelyReason}`,
      ),
    );
  return out;
}

function cannotKnow(kind: LocalKind, use: Situation['oldUse']): GateFact[] {
  return kind === 'x509'
    ? [
        unknown(
          'SVIDs of workloads elsewhere: running agents have had them issued anew since the taint, but the server keeps no list of what it issued, and its API says of none which key signed it.',
        ),
        unknown(
          `SVIDs that were minted, or that a workload read once and keeps: nothing renews them. ${use && use.likelyUntil > 0n ? `The last of them is valid until ${iso(use.likelyUntil)}, probably` : 'The last of them is valid until the old one expires, at the latest'}.`,
        ),
      ]
    : [
        unknown(
          'JWT-SVIDs in the hands of workloads and in their caches: a token that was fetched before the taint is refused once its key is revoked.',
        ),
      ];
}

function noOld({ kind, slots }: Situation): string {
  return slots.prepared
    ? `There is no old ${kindNames[kind]} authority yet. Activate the prepared one first.`
    : `There is no old ${kindNames[kind]} authority. Only one that was replaced can be tainted and revoked: never the one that signs every ${svidNames[kind]}.`;
}

const sharedUpstream = (upstream: string): string =>
  `The upstream authority ${short(upstream)} signed the old and the active local one: SPIRE taints and revokes one only after the active one is signed by another. Rotate the upstream authority first.`;

/** With an upstream authority SPIRE refuses the local calls; the upstream one of the old local one is meant then. Empty: none, or still in use. */
function upstreamOf(situation: Situation): string {
  const { old, active } = situation.slots;
  if (!old || old.upstream === '') return '';
  return active && sameKey(active.upstream, old.upstream) ? '' : old.upstream;
}
