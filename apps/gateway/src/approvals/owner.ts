import type { ChannelOwner } from './inbox.ts';

/** As much of a channel manager's connection as is looked at here. */
export interface Manager {
  link: { name: string; up: boolean };
  config: { audience?: string };
  channels: () => Promise<readonly { name: string; owner: string }[]>;
}

/** A channel manager asks from an app of its own, by its local name with this at the end. */
const suffix = '-approval';

export const asksAs = ({ config }: Pick<Manager, 'config'>): string =>
  config.audience === undefined ? '' : `${config.audience}${suffix}`;

/** Many ask at once now and then: one listing answers for all of them, ms. */
const sameMs = 1000;
const lately = new WeakMap<Manager, { at: number; all: ReturnType<Manager['channels']> }>();

function channelsOf(manager: Manager): ReturnType<Manager['channels']> {
  const before = lately.get(manager);
  if (before && performance.now() - before.at < sameMs) return before.all;
  const all = manager.channels();
  lately.set(manager, { at: performance.now(), all });
  return all;
}

/** Which channel manager here has a channel, and whose it is there; the one that asks comes first. */
export async function ownerOf(
  managers: readonly Manager[],
  channel: string,
  askedBy: string,
): Promise<ChannelOwner | undefined> {
  const first = managers.toSorted((a, b) => Number(asksAs(b) === askedBy) - Number(asksAs(a) === askedBy));
  const found = await Promise.all(
    first.map(async (manager) => {
      if (!manager.link.up) return undefined;
      const all = await channelsOf(manager).catch(() => []);
      const one = all.find(({ name }) => name === channel);
      return one && { manager: manager.link.name, owner: one.owner };
    }),
  );
  return found.find((one) => one !== undefined);
}
