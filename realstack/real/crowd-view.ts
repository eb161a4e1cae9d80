import { Presence } from '@muster/api';
import { expect } from 'vitest';
import { type RealConsole, eventually } from './console.ts';
import type { Crowd } from './crowd.ts';
import type { OwnGateway } from './own-gateway.ts';

export const moderator = 'agntcy/muster/moderator';

export interface CrowdView {
  /** As Muster shows the members: `name/instance online`. */
  shown(channel: string): Promise<string[]>;
  /** As a member sees the others. */
  seen(channel: string): Promise<string[]>;
  /**
   * Within 30 s the view is what a member beside the moderator sees, and this holds of it. Where routes were lost, members and
   * moderator notice who went silent up to half a minute apart: SLIM itself is of two minds for that long.
   */
  eventuallyTrue(
    channel: string,
    holds: (rows: readonly string[]) => boolean,
    seconds?: number,
  ): Promise<readonly string[]>;
}

/** A channel of a node's moderator as two see it: Muster, and one of its members (the witness) that stays all the time. */
export function crowdView(
  connection: string,
  gateway: () => OwnGateway,
  witness: () => { crowd: Crowd; member: string },
): CrowdView {
  const shown: CrowdView['shown'] = async (channel) => {
    const { members } = await gateway().console.groups.listMembers({
      connection,
      channel,
      page: { limit: 200 },
    });
    expect(members.flatMap((one) => (one.moderator ? one.name : []))).toEqual([moderator]);
    return members
      .map(({ name, instance, presence }) => `${name}/${instance} ${presence === Presence.ONLINE}`)
      .toSorted();
  };
  const seen: CrowdView['seen'] = async (channel) => {
    // A session that asks nothing for a minute is ended.
    await gateway().console.connections.listConnections({});
    const { crowd, member } = witness();
    const listed = await crowd.see({ member, channel });
    return (listed ?? []).map(({ name, online }) => `${name} ${online}`).toSorted();
  };
  return {
    shown,
    seen,
    eventuallyTrue: (channel, holds, seconds = 30) =>
      eventually(seconds, async () => {
        const [ours, theirs] = await Promise.all([shown(channel), seen(channel)]);
        // Told by what differs: fifty rows twice are no message.
        expect(ours.filter((row) => !theirs.includes(row))).toEqual(
          theirs.filter((row) => !ours.includes(row)),
        );
        return holds(ours) && ours;
      }),
  };
}

export const invited = (rows: readonly string[]): string[] =>
  rows.filter((row) => !row.startsWith(`${moderator}/`));

export const online = (rows: readonly string[]): number =>
  invited(rows).filter((row) => row.endsWith(' true')).length;

/** Links the domains of both nodes, once the moderator is there. */
export async function linkDomains(console: RealConsole, moderates: string): Promise<void> {
  await eventually(60, async () => {
    const { connections } = await console.connections.listConnections({});
    return connections
      .find(({ name }) => name === moderates)
      ?.capabilities.some(({ name, available }) => name === 'moderate' && available);
  });
  const { nodeA, nodeB } = console.stack.slim;
  await console.act('segment.add', { name: 'crowd' });
  await console.act('link.add', { segment: 'crowd', domain_a: nodeA.domain, domain_b: nodeB.domain });
}
