import { Code, ConnectError } from '@connectrpc/connect';
import type { ItemResult } from '@muster/api';
import type { NetworkCopy } from '../network/copy.ts';
import type { ControlPlane, ControlPlaneAbilities, SegmentRow } from '../upstream/control-plane/port.ts';
import { refuse } from '../upstream/refuse.ts';
import { serverWords } from '../upstream/sentences.ts';
import type { SlimTarget } from '../upstream/slim-channel-command.ts';
import { badInput } from './action.ts';
import type { ActionContext, Target } from './action.ts';
import { done, failed } from './results.ts';

/** What every action on a network is planned with. */
export interface NetworkTarget {
  copy: NetworkCopy;
  name: string;
  /** Where it is and how it is signed in to, for the equivalent command. */
  config: SlimTarget;
  target: Target;
}

/** The control plane an input means: by name, or the only one there is. Throws when it cannot do what is asked. */
export function networkTarget(
  context: ActionContext,
  name: string | undefined,
  ability: keyof ControlPlaneAbilities,
): NetworkTarget {
  const all = context.networks.all;
  const names = all.map(({ connection }) => connection.link.name).join(', ') || 'none';
  const [only] = all;
  const copy =
    name === undefined || name === '' ? (all.length === 1 ? only : undefined) : context.networks.get(name);
  if (!copy) {
    const what =
      name === undefined || name === '' ? 'name one of' : 'there is no control plane of this name; there are';
    throw badInput('connection', `${what}: ${names}.`);
  }
  const { link, config } = copy.connection;
  const lacks = link.up ? copy.connection.plane.abilities[ability] : link.lacks(ability);
  if (lacks !== '') throw new ConnectError(`${link.name}: ${lacks}`, Code.FailedPrecondition);
  return {
    copy,
    name: link.name,
    config,
    target: { connection: link.name, trustDomain: '', fingerprints: [] },
  };
}

/** Reads what a plan rests on, or answers why it cannot. */
export async function readPlane<T>(
  { copy, name }: NetworkTarget,
  read: (plane: ControlPlane) => Promise<T>,
): Promise<T> {
  try {
    return await read(copy.connection.plane);
  } catch (error) {
    throw refuse('Reading', name, error);
  }
}

/** One change, and what the control plane said of it besides; then its copy is read again. */
export async function* applyOne(
  { copy }: NetworkTarget,
  item: string,
  run: (plane: ControlPlane) => Promise<readonly string[] | void>,
): AsyncGenerator<ItemResult> {
  try {
    const warnings = (await run(copy.connection.plane)) ?? [];
    yield {
      ...done(item),
      reason: warnings.length === 0 ? '' : `The control plane notes: ${serverWords(warnings.join('; '))}.`,
    };
  } catch (error) {
    yield failed(item, error);
  }
  void copy.refresh();
}

/** Words of a segment or domain: what goes into a control plane's tables and a shell line. */
export const topologyName = {
  type: 'string',
  minLength: 1,
  maxLength: 253,
  pattern: '^[A-Za-z0-9._-]+$',
} as const;
export const connectionName = { type: 'string', maxLength: 63 } as const;

/** Whether some of these links join two domains, in either direction. */
export function joins(edges: SegmentRow['edges'], a: string, b: string): boolean {
  return edges.some((edge) => (edge.a === a && edge.b === b) || (edge.a === b && edge.b === a));
}

/** How many routes go over links between two domains, as the copy has them. */
export function routesBetween({ copy }: NetworkTarget, a: string, b: string): number {
  const domains = new Map(copy.nodes.map(({ id, domain }) => [id, domain]));
  const pair = (source: string, destination: string): boolean =>
    (domains.get(source) === a && domains.get(destination) === b) ||
    (domains.get(source) === b && domains.get(destination) === a);
  return copy.routes.rows.filter(
    ({ source, destination, status }) => status === 'applied' && pair(source, destination),
  ).length;
}
