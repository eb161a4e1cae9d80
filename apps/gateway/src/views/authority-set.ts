import { create } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  AuthoritySchema,
  AuthoritySlot,
  GateVerdict,
  OldUseSchema,
  RotationStepSchema,
  StepState,
} from '@muster/api';
import type { Authority, AuthoritySetSchema, RotationStep } from '@muster/api';
import { sameKey } from '../authorities/join.ts';
import type { AuthorityFact } from '../authorities/join.ts';
import { automatic, lackingAt } from '../authorities/situation.ts';
import type { OldUseFacts, Situation } from '../authorities/situation.ts';
import { isPossible, isSafe, rotationSteps } from '../authorities/steps.ts';
import type { Step } from '../authorities/steps.ts';
import { standing } from '../authorities/standing.ts';
import { timestamp } from './times.ts';

const slots = {
  prepared: AuthoritySlot.PREPARED,
  active: AuthoritySlot.ACTIVE,
  old: AuthoritySlot.OLD,
  bundle: AuthoritySlot.BUNDLE_ONLY,
  upstream: AuthoritySlot.UPSTREAM,
} as const;

const verdicts = {
  holds: GateVerdict.HOLDS,
  caution: GateVerdict.CAUTION,
  closed: GateVerdict.CLOSED,
  unknown: GateVerdict.UNKNOWN,
} as const;

const states = { done: StepState.DONE, next: StepState.NEXT, later: StepState.LATER } as const;

/** A situation as the contract says it, without what only the connection knows. */
export function toAuthoritySet(situation: Situation): MessageInitShape<typeof AuthoritySetSchema> {
  const own = automatic(situation);
  const { summary, severity } = standing(situation);
  return {
    trustDomain: situation.trustDomain,
    authorities: situation.authorities.map((one) => toAuthority(situation, one)),
    steps: rotationSteps(situation).map((step) => toStep(situation, step)),
    ...(situation.oldUse ? { oldUse: toOldUse(situation.oldUse) } : {}),
    summary,
    severity,
    preparesAt: own && timestamp(own.prepares),
    activatesAt: own && timestamp(own.activates),
    peers: situation.peers.map(({ connection }) => connection),
  };
}

function toAuthority(situation: Situation, one: AuthorityFact): Authority {
  const { slot, upstream, ...facts } = one;
  return create(AuthoritySchema, {
    ...facts,
    kind: situation.kind === 'x509' ? 1 : 2,
    slot: slots[slot],
    upstreamSubjectKeyId: upstream,
    expiresAt: timestamp(one.expiresAt),
    notBefore: timestamp(one.notBefore),
    svids: BigInt(situation.live.filter(({ signer }) => sameKey(signer, one.id)).length),
    // What has left the own bundle need not be in any other.
    missingAt: one.inBundle ? lackingAt(situation.peers, upstream === '' ? one.id : upstream) : [],
  });
}

function toStep(situation: Situation, step: Step): RotationStep {
  const possible = isPossible(step);
  const { connection, kind } = situation;
  const action = step.upstream ? `authority.${step.verb}Upstream` : `authority.${step.verb}`;
  const input = step.upstream
    ? { connection, subjectKeyId: step.id }
    : { connection, kind, ...(step.verb === 'prepare' ? {} : { id: step.id }) };
  return create(RotationStepSchema, {
    action,
    inputJson: possible ? JSON.stringify(input) : '',
    insistJson: step.insist && situation.lacks === '' ? JSON.stringify({ ...input, abandon: true }) : '',
    possible,
    safe: isSafe(step),
    state: states[step.state],
    authorityId: step.id,
    gates: step.gates.map(({ verdict, text }) => ({ verdict: verdicts[verdict], text })),
  });
}

function toOldUse(use: OldUseFacts) {
  return create(OldUseSchema, {
    id: use.id,
    activatedAfter: use.activatedAfter === undefined ? undefined : timestamp(use.activatedAfter),
    activatedBefore: use.activatedBefore === undefined ? undefined : timestamp(use.activatedBefore),
    agents: BigInt(use.agents),
    agentsMoved: BigInt(use.agentsMoved),
    svids: BigInt(use.svids),
    svidsOnOld: BigInt(use.svidsOnOld),
    until: timestamp(use.until),
    likelyUntil: timestamp(use.likelyUntil),
    likelyReason: use.likelyReason,
  });
}
