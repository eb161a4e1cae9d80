import { ItemOutcome } from '@muster/api';
import type { EquivalentCommand, ItemResult } from '@muster/api';
import type { ChannelManagerConnection } from '../upstream/channel-manager/connection.ts';
import { noCommand } from '../upstream/command.ts';
import type { ActionContext } from './action.ts';
import { noTool } from './channel-create.ts';
import type { GroupConnection } from './group-target.ts';
import { done, failed } from './results.ts';

/** Several members of one channel, as member.invite and member.remove take them. */
export interface ManyInput {
  connection?: string;
  channel: string;
  members: string[];
  grant?: string;
}

/** Commands listed with a plan; the rest are the same with another name. */
const listedCommands = 20;

/** What slimctl is told for each. */
export function manyCommands(
  connection: GroupConnection,
  members: readonly string[],
  command: (config: ChannelManagerConnection['config'], member: string) => EquivalentCommand,
): EquivalentCommand[] {
  if (connection.kind !== 'channel-manager') return [noCommand(noTool)];
  return members.slice(0, listedCommands).map((member) => command(connection.config, member));
}

interface Turn {
  /** Why nothing has to be sent for this one any more, or empty: it was applied before, or somebody else did it. */
  settled: (member: string) => Promise<string>;
  send: (member: string) => Promise<void>;
}

/** Changes one after the other; one that fails does not keep the others out. */
export async function* oneByOne(
  context: ActionContext,
  connection: GroupConnection,
  members: readonly string[],
  { settled, send }: Turn,
): AsyncGenerator<ItemResult> {
  for (const member of members) {
    try {
      const reason = await settled(member);
      if (reason !== '') {
        yield { ...done(member), reason };
        continue;
      }
      await send(member);
      yield done(member);
    } catch (error) {
      yield failed(member, error);
    }
    context.onChannels(connection.link.name);
  }
}

/** Those that were really changed, for the opposite action; undefined when none was. */
export function undoInput(
  connection: GroupConnection,
  channel: string,
  results: readonly ItemResult[],
): { connection: string; channel: string; members: string[] } | undefined {
  const members = results.flatMap(({ outcome, reason, target }) =>
    outcome === ItemOutcome.DONE && reason === '' ? [target] : [],
  );
  return members.length === 0 ? undefined : { connection: connection.link.name, channel, members };
}
