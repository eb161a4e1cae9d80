import { Code, ConnectError } from '@connectrpc/connect';
import type { ItemResult, PlannedChange } from '@muster/api';
import { ItemOutcome, Severity } from '@muster/api';
import { classify } from '../upstream/errors.ts';
import { refuse } from '../upstream/refuse.ts';
import { serverWords } from '../upstream/sentences.ts';
import type { SpireConnection } from '../upstream/spire/connection.ts';
import type { WriteOutcome } from '../upstream/spire/federation-calls.ts';
import {
  createFederationCommand,
  refreshFederationCommand,
  setBundleCommand,
  updateFederationCommand,
} from '../upstream/spire/federation-commands.ts';
import type { RelationshipRow } from '../upstream/spire/federation-rows.ts';
import type { BundleRow, EntryRow } from '../upstream/spire/rows.ts';
import { warn } from '../views/entry-warnings.ts';
import type { ActionContext, Planned, Target } from './action.ts';
import { bundleHash, describeBundle } from './bundle-input.ts';
import type { ReadSource } from './bundle-input.ts';
import { digestOf } from './digest.ts';
import { change, done, failed, fieldChange, refused, skipped } from './results.ts';
import { checkTarget } from './spire-target.ts';

/** What one server has of one peer. */
export interface Side {
  relationship: RelationshipRow | undefined;
  copy: BundleRow | undefined;
}

async function readSide(context: ActionContext, connection: SpireConnection, peer: string): Promise<Side> {
  const { federation } = connection.client;
  const [relationship, copy] = await Promise.all([
    federation.relationship(peer),
    federation.bundle(peer, context.now()),
  ]);
  return { relationship, copy };
}

export async function readSideFor(
  context: ActionContext,
  connection: SpireConnection,
  peer: string,
): Promise<Side> {
  try {
    return await readSide(context, connection, peer);
  } catch (error) {
    throw refuse('Reading the federation', connection.link.name, error);
  }
}

/** What a plan rests on; the digest holds it. */
export const sidePrint = ({ relationship, copy }: Side): string =>
  digestOf({ relationship: relationship ?? null, copy: bundleHash(copy) });

/** Says what another person or the server changed since the plan; empty when nothing did. */
export async function checkSide(
  context: ActionContext,
  connection: SpireConnection,
  target: Target,
  peer: string,
  before: Side,
): Promise<string> {
  const { name } = connection.link;
  const moved = await checkRelationship(connection, target, peer, before);
  if (moved !== '') return moved;
  const now = await readSide(context, connection, peer);
  return bundleHash(now.copy) === bundleHash(before.copy)
    ? ''
    : `the copy of ${peer} on ${name} has other keys now`;
}

/** Of the relationship only: the server may replace its copy at any time by itself. */
export async function checkRelationship(
  connection: SpireConnection,
  target: Target,
  peer: string,
  before: Side,
): Promise<string> {
  const moved = await checkTarget(connection, target);
  if (moved !== '') return moved;
  const now = await connection.client.federation.relationship(peer);
  return digestOf(now ?? null) === digestOf(before.relationship ?? null)
    ? ''
    : `the relationship of ${connection.link.name} with ${peer} is another one now`;
}

/** One thing to send, with its line in the plan. */
export interface Step {
  change: PlannedChange;
  connection: SpireConnection;
  /** What its result is named by: of one peer there are several, on one server or two. */
  label: string;
  run: () => Promise<WriteOutcome>;
  /** The step that must have succeeded. */
  needs?: Step | undefined;
  /** What to do about a refusal, by the server's words: the code is 13 for every reason. */
  advice?: (words: string) => string;
}

/** Sends the steps one after another; a result for each, in order. */
export async function* runSteps(context: ActionContext, steps: readonly Step[]): AsyncGenerator<ItemResult> {
  const failedSteps = new Set<Step>();
  const broken = new Set<SpireConnection>();
  for (const step of steps) {
    const { label: target } = step;
    if ((step.needs && failedSteps.has(step.needs)) || broken.has(step.connection)) {
      failedSteps.add(step);
      yield skipped(target);
      continue;
    }
    const result = await attempt(step);
    if (result.outcome !== ItemOutcome.DONE) failedSteps.add(step);
    if (result.outcome === ItemOutcome.UNKNOWN) broken.add(step.connection);
    yield result;
  }
  for (const { link } of new Set(steps.map(({ connection }) => connection))) context.onBundles(link.name);
}

async function attempt({ label: target, run, advice }: Step): Promise<ItemResult> {
  try {
    const outcome = await run();
    if (outcome.ok) return done(target);
    return refused(target, joined(`The server says: ${serverWords(outcome.words)}`, advice?.(outcome.words)));
  } catch (error) {
    const result = failed(target, error);
    const words = classify(error).words;
    if (result.outcome === ItemOutcome.REFUSED && words !== '')
      return refused(target, joined(result.reason, advice?.(words)));
    return result;
  }
}

const joined = (said: string, advice: string | undefined): string =>
  advice === undefined || advice === '' ? said : `${said}${/[.!?]$/u.test(said) ? '' : '.'} ${advice}`;

// A plan may be for two servers, so each line says for which.
export const bundleOn = ({ link }: SpireConnection): string => `federated bundle on ${link.name}`;
export const relationshipOn = ({ link }: SpireConnection): string =>
  `federation relationship on ${link.name}`;

export function setBundleStep(
  connection: SpireConnection,
  peer: string,
  before: Side,
  next: ReadSource,
): Step {
  return {
    change: change(before.copy ? 'update' : 'create', bundleOn(connection), peer, connection.link.name, [
      fieldChange('Authorities', describeBundle(before.copy), describeBundle(next.fields)),
      fieldChange('Source', '', next.origin),
    ]),
    connection,
    label: `Bundle of ${peer} on ${connection.link.name}`,
    run: () => connection.client.federation.setBundle(next.fields),
  };
}

export function saveRelationshipStep(
  connection: SpireConnection,
  next: RelationshipRow,
  before: RelationshipRow | undefined,
  needs?: Step,
): Step {
  return {
    change: change(
      before ? 'update' : 'create',
      relationshipOn(connection),
      next.trustDomain,
      connection.link.name,
      relationshipFields(before, next),
    ),
    connection,
    label: `Relationship with ${next.trustDomain} on ${connection.link.name}`,
    run: () =>
      before
        ? connection.client.federation.updateRelationship(next)
        : connection.client.federation.createRelationship(next),
    needs,
    advice: (words) =>
      /UNIQUE constraint|already exists/iu.test(words)
        ? 'Somebody else created it meanwhile: plan again.'
        : '',
  };
}

export function refreshStep(connection: SpireConnection, peer: string, needs?: Step): Step {
  return {
    change: change('update', bundleOn(connection), peer, connection.link.name, [
      fieldChange('Fetched from', '', 'the bundle endpoint, by the server'),
    ]),
    connection,
    label: `Refresh of ${peer} on ${connection.link.name}`,
    run: async () => {
      await connection.client.federation.refresh(peer);
      return { ok: true };
    },
    needs,
    advice: refreshAdvice,
  };
}

/** Only the message tells the reasons of a failed refresh apart: all of them are 13. */
function refreshAdvice(words: string): string {
  const other = /unexpected ID "(spiffe:\/\/[a-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)"/u.exec(words)?.[1];
  if (other !== undefined)
    return `The endpoint proved to be ${other}: if that is the peer’s, set the endpoint SPIFFE ID to it.`;
  if (/local copy of bundle not found/u.test(words))
    return 'Set the peer’s bundle first: https_spiffe needs one to begin with.';
  if (/maybe use https_spiffe/u.test(words))
    return 'The endpoint has an SVID: change the profile to https_spiffe.';
  if (/connection refused/u.test(words))
    return 'Nothing listens there: check host and port (the bundle endpoint, usually 8443, not the API’s 8081).';
  if (/no such host/u.test(words)) return 'Check the host name and the server’s DNS.';
  if (/certificate signed by unknown authority|could not verify|x509svid/iu.test(words))
    return 'The endpoint’s certificate does not fit the copy of the bundle: set the peer’s current bundle.';
  if (/no relationship with trust domain/u.test(words)) return 'Create the relationship first.';
  return '';
}

export function relationshipFields(before: RelationshipRow | undefined, after: RelationshipRow | undefined) {
  const pairs = [
    ['Bundle endpoint URL', before?.bundleEndpointUrl, after?.bundleEndpointUrl],
    ['Endpoint profile', before?.profile, after?.profile],
    ['Endpoint SPIFFE ID', before?.endpointSpiffeId, after?.endpointSpiffeId],
  ] as const;
  return pairs
    .filter(([, was = '', is = '']) => was !== is)
    .map(([field, was = '', is = '']) => fieldChange(field, was, is));
}

/** The commands that do what the steps do. */
export function commandsOf(
  connection: SpireConnection,
  peer: string,
  parts: {
    bundle?: boolean;
    create?: RelationshipRow | undefined;
    update?: RelationshipRow | undefined;
    refresh?: boolean;
  },
) {
  const { address } = connection.config;
  return [
    // `federation create` takes the bundle along.
    ...(parts.bundle && !parts.create ? [setBundleCommand(address, peer)] : []),
    ...(parts.create ? [createFederationCommand(address, parts.create, parts.bundle ?? false)] : []),
    ...(parts.update ? [updateFederationCommand(address, parts.update)] : []),
    ...(parts.refresh ? [refreshFederationCommand(address, peer)] : []),
  ];
}

/** Over https_spiffe nothing is fetched before there is a bundle to authenticate the endpoint with. */
export async function startWarnings(
  connection: SpireConnection,
  next: RelationshipRow,
  willHave: boolean,
): Promise<{ warnings: Planned['warnings']; canRefresh: boolean }> {
  if (next.profile !== 'https_spiffe') return { warnings: [], canRefresh: true };
  const its = /^spiffe:\/\/([^/]+)/u.exec(next.endpointSpiffeId)?.[1] ?? '';
  const peer = next.trustDomain;
  if (its === peer) {
    if (willHave) return { warnings: [], canRefresh: true };
    return {
      warnings: [
        warn(
          'no-bundle',
          `The server has no bundle of ${peer}: over https_spiffe it cannot authenticate the endpoint, so nothing is fetched until the bundle is set. Give it along.`,
          Severity.DANGER,
        ),
      ],
      canRefresh: false,
    };
  }
  const own = connection.link.trustDomain;
  const known =
    its === own || (await connection.client.federatedBundles()).some((row) => row.trustDomain === its);
  return {
    warnings: [
      warn(
        'foreign-endpoint-id',
        known
          ? `The endpoint is authenticated as ${next.endpointSpiffeId}, by the bundle of ${its}.`
          : `The endpoint is to be authenticated as ${next.endpointSpiffeId}, and the server has no bundle of ${its}: nothing is fetched until it has.`,
        known ? Severity.INFO : Severity.DANGER,
      ),
    ],
    canRefresh: known,
  };
}

/** Entries beyond this many are counted and not looked at one by one. */
const mostEntries = 5000;

/** Entries that federate with the peer, from the server itself. */
export async function entriesWith(
  connection: SpireConnection,
  peer: string,
): Promise<{ rows: EntryRow[]; more: boolean }> {
  try {
    return await connection.client.federation.entriesWith(peer, mostEntries);
  } catch (error) {
    throw refuse('Reading the entries', connection.link.name, error);
  }
}

export function notThere(connection: SpireConnection, what: string): ConnectError {
  return new ConnectError(`trust_domain: ${connection.link.name} has no ${what}.`, Code.NotFound);
}
