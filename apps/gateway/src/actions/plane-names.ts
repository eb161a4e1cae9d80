import { parseSlimName } from '@muster/domain';
import type { ControlPlaneConnection } from '../upstream/control-plane/connection.ts';
import type { Generation } from '../upstream/control-plane/port.ts';
import { badInput } from './action.ts';

/** A participant as a control plane takes it: the first generation any SLIM name, later ones org/ns/app only. */
export function planeMember(generation: Generation, field: string, text: string): string {
  const name = parseSlimName(text);
  if (!name.ok) throw badInput(field, name.problem.message);
  if (generation !== 'a' && name.value.instance !== undefined)
    throw badInput(field, 'this control plane takes organization/namespace/app without an instance.');
  return text;
}

/** A moderator as a control plane takes it: from 0.6 on with the number of its instance, by which its node is found. */
export function planeModerator(generation: Generation, field: string, text: string): string {
  const name = parseSlimName(text);
  if (!name.ok) throw badInput(field, name.problem.message);
  const { instance } = name.value;
  if (generation !== 'a' && (instance === undefined || !/^\d{1,20}$/u.test(instance)))
    throw badInput(
      field,
      'organization/namespace/app/id is needed, with the number of the moderator’s instance: by it its node is found.',
    );
  return text;
}

/** Instances of an app that nodes announce as their own, and the nodes; nodes that do not answer are left out. */
export async function announced(
  { plane }: ControlPlaneConnection,
  names: ReadonlySet<string>,
): Promise<{ name: string; instance: string; node: string }[]> {
  const found: { name: string; instance: string; node: string }[] = [];
  for (const { id, status } of await plane.nodes()) {
    if (status === 'not-connected') continue;
    const routes = await plane.nodeRoutes(id).catch(() => []);
    for (const { name, instance, connections } of routes) {
      if (names.has(name) && connections.some(({ local }) => local)) found.push({ name, instance, node: id });
    }
  }
  return found;
}
