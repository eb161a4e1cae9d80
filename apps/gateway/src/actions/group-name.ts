import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import { twoModerators } from '../groups/needs.ts';
import { warn } from '../views/entry-warnings.ts';
import type { ActionContext } from './action.ts';
import { channelsOf, groupConnections } from './group-target.ts';
import type { GroupConnection } from './group-target.ts';

/** Warns where somebody else here moderates a channel of this name already. */
export async function sameName(
  context: ActionContext,
  connection: GroupConnection,
  name: string,
): Promise<Warning[]> {
  const others: string[] = [];
  for (const one of groupConnections(context)) {
    if (one === connection || one.kind === 'slim-control-plane' || !one.link.up) continue;
    const there = await channelsOf(one).catch(() => []);
    if (there.some((channel) => channel.name === name)) others.push(one.link.name);
  }
  if (others.length === 0) return [];
  return [
    warn(
      'moderated-twice',
      `${others.join(', ')} has a channel ${name} already. ${twoModerators}`,
      Severity.DANGER,
    ),
  ];
}
