import { Code, ConnectError } from '@connectrpc/connect';
import type { ItemResult, Warning } from '@muster/api';
import { Severity } from '@muster/api';
import { kindNames } from '../authorities/join.ts';
import { PeerBundles, readSituation } from '../authorities/read.ts';
import { number } from '../authorities/situation.ts';
import type { Situation } from '../authorities/situation.ts';
import { rotationSteps } from '../authorities/steps.ts';
import type { Step, Verb } from '../authorities/steps.ts';
import { refuse } from '../upstream/refuse.ts';
import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import { warn } from '../views/entry-warnings.ts';
import type { ActionContext, Target } from './action.ts';
import { done, failed } from './results.ts';
import { bindTarget, checkTarget, spireConnection } from './spire-target.ts';

/** What every plan about an authority starts from. */
export interface AuthorityGround {
  connection: SpireConnection;
  target: Target;
  situation: Situation;
  step: Step;
}

export const connectionSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 63,
  description: 'Name of a spire-server connection.',
};
export const kindSchema = { type: 'string', enum: ['x509', 'jwt'], description: 'x509 or jwt.' };
export const idSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 256,
  description: 'X.509: subject key identifier in hex; JWT: key id.',
};

/** Reads the server and finds the step; what the server would refuse is refused here, before anything is sent. */
export async function authorityGround(
  context: ActionContext,
  name: string,
  kind: LocalKind,
  verb: Verb,
): Promise<AuthorityGround> {
  const connection = spireConnection(context, name, undefined);
  const target = await bindTarget(connection);
  let situation: Situation;
  try {
    situation = await readSituation(context, connection, kind, new PeerBundles(context));
  } catch (error) {
    throw refuse(`Reading the ${kindNames[kind]} authorities`, target.connection, error);
  }
  const step = rotationSteps(situation).find((one) => one.verb === verb);
  if (!step) throw new Error(`no such step: ${verb}`);
  return { connection, target, situation, step };
}

/** The reasons that close a step, as one answer. */
export function refuseClosed(connection: string, step: Step): void {
  const reasons = step.gates.filter(({ verdict }) => verdict === 'closed').map(({ text }) => text);
  if (reasons.length > 0)
    throw new ConnectError(`${connection}: ${reasons.join(' ')}`, Code.FailedPrecondition);
}

/** What is known to speak against the step, and what nobody can know, as warnings of its plan. */
export function gateWarnings(step: Step): Warning[] {
  return step.gates.flatMap(({ verdict, text }) => {
    if (verdict === 'caution') return [warn(`${step.verb}-caution`, text)];
    return verdict === 'unknown' ? [warn(`${step.verb}-unknown`, `Not known: ${text}`, Severity.INFO)] : [];
  });
}

/** The parts of a situation that a plan rests on; goes into its digest. */
export function resting({ slots, authorities }: Situation) {
  return {
    active: slots.active?.id ?? '',
    prepared: slots.prepared?.id ?? '',
    old: slots.old?.id ?? '',
    keys: authorities
      .map(({ slot, id, inBundle, tainted }) => `${slot} ${id} ${inBundle} ${tainted}`)
      .toSorted(),
  };
}

/** Reads again what the plan rests on; empty when nothing changed. */
export async function checkSame(
  context: ActionContext,
  { connection, target, situation }: AuthorityGround,
): Promise<string> {
  const moved = await checkTarget(connection, target);
  if (moved !== '') return moved;
  const now = resting(await readSituation(context, connection, situation.kind, new PeerBundles(context)));
  const before = resting(situation);
  for (const slot of ['active', 'prepared', 'old'] as const)
    if (now[slot] !== before[slot])
      return `the ${slot} ${kindNames[situation.kind]} authority is ${now[slot] || 'none'} now, it was ${before[slot] || 'none'}`;
  return now.keys.join() === before.keys.join()
    ? ''
    : `the bundle’s ${kindNames[situation.kind]} authorities, or their taint, are others now`;
}

/** Who has to fetch the new bundle, and when they do. */
export function bundleEffect({ peers, trustDomain }: Situation): string {
  const known = peers.map(({ connection }) => connection).join(', ');
  return `The bundle of ${trustDomain} changes. Agents of this server fetch it at their next sync, usually within 5 seconds; federated servers at a quarter of the refresh hint, 75 s with SPIRE’s default of 5 min${known === '' ? '' : ` (connected here: ${known})`}.`;
}

export const reachedOnly =
  'It acts on the server that answers here. Each server of a cluster has authorities of its own, and the others keep theirs.';

export function peopleEffect({ entries, agents }: Situation): string {
  return `${number(agents, 'agent', 'agents')} and ${number(entries, 'registration entry', 'registration entries')} are of this server.`;
}

/** Sends one call and answers for it; then what shows authorities and bundles is read anew. */
export async function* oneCall(
  context: ActionContext,
  { connection, target }: AuthorityGround,
  name: string,
  call: () => Promise<string>,
): AsyncGenerator<ItemResult> {
  let result: ItemResult;
  try {
    result = done(name, await call());
  } catch (error) {
    result = failed(name, error);
  }
  await context.authorities.look(connection);
  // A reading from after it: renewals seen later are then known to be later.
  await context.inventory.refreshAgents(target.connection);
  context.onBundles(target.connection);
  yield result;
}
