import type { JsonObject } from '@bufbuild/protobuf';
import { GroupSideKind, GroupStanding, ItemOutcome, Severity } from '@muster/api';
import { startPracticeManager } from '@muster/practice/slim/manager/manager';
import type { PracticeManager } from '@muster/practice/slim/manager/manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { groupPlane } from '../upstream/control-plane/testing/group-planes.ts';
import type { Harness } from '../upstream/testing/harness.ts';
import { refusalText } from '../upstream/testing/refusal.ts';
import { BreakingModerator } from './testing/group-cases.ts';
import { startGroupPlaces } from './testing/group-places.ts';

const audience = 'org/ns/manager';
const room = 'org/ns/room';
let plane: Awaited<ReturnType<typeof groupPlane>>;
let manager: PracticeManager;
let harness: Harness;
/** Channel that stands for the room at the control plane. */
let booked: string;
const moderator = new BreakingModerator();

beforeAll(async () => {
  plane = await groupPlane('a', { 'slim/0': [] });
  manager = await startPracticeManager({ audience, absent: (name) => name.endsWith('/gone') });
  harness = await startGroupPlaces({
    plane,
    manager,
    audience,
    own: 'org/ns/mod',
    startModerator: moderator.start,
  });
}, 60_000);
afterAll(async () => {
  await harness.console.close();
  await manager.close();
  await plane.close();
});

const members = (...names: string[]): string[] => names.map((name) => `org/ns/${name}`);
/** Puts the room as each of the three has it. */
async function stage(session: string[], managed: string[], written: string[]): Promise<void> {
  moderator.breaks = 'never';
  moderator.rooms.clear();
  manager.channels.clear();
  plane.world.channels.clear();
  moderator.put(room, ...members(...session));
  const made = await act('group.register', { channel: room, routes: false, connection: 'plane' });
  booked = made.items[0]?.id ?? '';
  plane.world.channels.get(booked)?.participants.splice(0, 99, ...members(...written));
  // The manager moderates it, and we take part.
  const ours = moderator.rooms.get(room);
  if (ours) ours.role = 'participant';
  manager.channels.set(room, {
    owner: '',
    callback: '',
    mls: true,
    expiresAt: undefined,
    members: members(...managed),
  });
}

const act = (action: string, input: JsonObject) => harness.act(action, input);
const refusal = (input: JsonObject) =>
  refusalText(harness.plan('group.reconcile', { channel: room, ...input }));
/** We moderate it, and the manager does not have it. */
function alone(): void {
  manager.channels.clear();
  Object.assign(moderator.rooms.get(room) ?? {}, { role: 'moderator' });
}
const now = () => ({
  session: moderator.rooms
    .get(room)
    ?.members.flatMap((one) => (one.isModerator ? [] : [one.name]))
    .toSorted(),
  manager: manager.channels.get(room)?.members.toSorted(),
  plane: plane.world.channels.get(booked)?.participants.toSorted(),
});

beforeEach(() => stage(['a', 'b'], ['b', 'c'], ['a', 'd']));

describe('one group as three have it', () => {
  it('is compared side by side, and without whoever moderates it', async () => {
    const found = await harness.groups.compareGroup({ connection: 'plane', channel: booked });
    expect(found.group).toBe(room);
    expect(
      found.sides.map(({ kind, connection, channel, members: n }) => [kind, connection, channel, n]),
    ).toEqual([
      [GroupSideKind.SESSION, 'node', room, 2],
      [GroupSideKind.CHANNEL_MANAGER, 'manager', room, 2],
      [GroupSideKind.CONTROL_PLANE, 'plane', booked, 2],
    ]);
    expect(found.sides.map(({ adds, removes }) => [adds, removes])).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
    ]);
    const { PRESENT, ABSENT } = GroupStanding;
    expect(found.rows.map(({ member, standings }) => [member, ...standings])).toEqual([
      ['org/ns/a', PRESENT, ABSENT, PRESENT],
      ['org/ns/b', PRESENT, PRESENT, ABSENT],
      ['org/ns/c', ABSENT, PRESENT, ABSENT],
      ['org/ns/d', ABSENT, ABSENT, PRESENT],
      ['org/ns/manager', ABSENT, PRESENT, ABSENT],
      ['org/ns/mod', PRESENT, ABSENT, ABSENT],
    ]);
    expect(found.differing).toBe(4n);
    expect(found.sides[0]?.lockedReason).toMatch(/Somebody else moderates it/u);
    expect(found.warnings).toEqual([]);
    const some = await harness.groups.compareGroup({ connection: 'node', channel: room, search: 'NS/C' });
    expect(some.rows.map(({ member }) => member)).toEqual(['org/ns/c']);
    await expect(harness.groups.compareGroup({ connection: 'node', channel: 'none' })).rejects.toThrow(
      /nothing here has a channel of this name/u,
    );
  });

  it.each([
    ['session', ['a', 'b']],
    ['channel-manager', ['b', 'c']],
    ['control-plane', ['a', 'd']],
  ] as const)('is brought to what the %s has, and back again', async (source, names) => {
    const before = now();
    const { plan, items, result } = await act('group.reconcile', { channel: room, source });
    expect(plan).toMatchObject({ destructive: true, resumable: true });
    expect(items.every(({ outcome }) => outcome === ItemOutcome.DONE)).toBe(true);
    const same = members(...names);
    // Who is in a session that somebody else moderates is theirs to say.
    expect(now()).toEqual({ session: members('a', 'b'), manager: same, plane: same });
    expect(await refusal({ source })).toMatch(/there is nothing to bring together/u);
    expect(result.inverse).toBe('group.reconcile');
    await act(result.inverse, result.inverseInput ?? {});
    expect(now()).toEqual(before);
  });

  it('is not changed when somebody joined meanwhile', async () => {
    const { digest } = await harness.plan('group.reconcile', { channel: room, source: 'session' });
    manager.channels.get(room)?.members.push('org/ns/new');
    await expect(harness.apply(digest)).rejects.toThrow(/the members of manager changed/u);
    const other = await harness.plan('group.reconcile', { channel: room, source: 'session' });
    const ours = moderator.rooms.get(room);
    moderator.put(room, ...members('a', 'b', 'new'));
    if (ours) Object.assign(ours, { members: moderator.rooms.get(room)?.members });
    if (ours) moderator.rooms.set(room, ours);
    await expect(harness.apply(other.digest)).rejects.toThrow(/the members of node.* changed/u);
    expect(now().plane).toEqual(members('a', 'd'));
  });

  it('answers for each member, and goes on with those that were not there', async () => {
    moderator.put(room, ...members('a', 'b', 'gone'));
    Object.assign(moderator.rooms.get(room) ?? {}, { role: 'participant' });
    const { digest, warnings } = await harness.plan('group.reconcile', { channel: room, source: 'session' });
    expect(warnings.map(({ code }) => code)).not.toContain('empties');
    const first = await harness.apply(digest);
    const absent = first.items.filter(({ outcome }) => outcome !== ItemOutcome.DONE);
    expect(absent.map(({ target }) => target)).toEqual(['org/ns/gone']);
    expect(absent[0]?.reason).toMatch(/retries exhausted/u);
    const again = await harness.apply(digest);
    expect(again.items.filter(({ reason }) => reason === 'Done before.')).toHaveLength(
      first.items.length - 1,
    );
    expect(now().plane).toEqual(members('a', 'b', 'gone'));
  });

  it('warns that an empty source empties the others', async () => {
    manager.channels.get(room)?.members.splice(0);
    const plan = await harness.plan('group.reconcile', { channel: room, source: 'channel-manager' });
    expect(plan.warnings[0]).toMatchObject({ code: 'empties', severity: Severity.DANGER });
  });

  it('leaves alone what somebody else’s key owns, and says so', async () => {
    const theirs = manager.channels.get(room);
    if (theirs) theirs.owner = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK';
    const { plan } = await act('group.reconcile', { channel: room, source: 'session' });
    expect(plan.warnings.find(({ code }) => code === 'left-alone')?.text).toMatch(/owned by a key/u);
    expect(now().manager).toEqual(members('b', 'c'));
    expect(now().plane).toEqual(members('a', 'b'));
  });

  it('is brought to nobody who moderates it, where two do', async () => {
    Object.assign(moderator.rooms.get(room) ?? {}, { role: 'moderator' });
    const found = await harness.groups.compareGroup({ connection: 'node', channel: room });
    expect(found.warnings.map(({ code }) => code)).toEqual(['moderated-twice']);
    expect(found.sides[1]?.lockedReason).toMatch(
      /^node and manager each moderate it.*once they share a member/u,
    );
    const before = now();
    await act('group.reconcile', { channel: room, source: 'session' });
    expect(now()).toEqual({ ...before, plane: members('a', 'b') });
    plane.world.channels.clear();
    expect(await refusal({ source: 'session' })).toMatch(
      /manager is left as it is: node and manager each moderate it/u,
    );
    const twice = await harness.plan('channel.delete', { connection: 'manager', name: room });
    await harness.apply(twice.digest);
    const again = await harness.plan('channel.create', { connection: 'manager', name: room });
    expect(again.warnings.find(({ code }) => code === 'moderated-twice')?.severity).toBe(Severity.DANGER);
  });

  it('is not planned for what cannot be', async () => {
    expect(await refusal({})).toMatch(/^source: say whose members are right; .* node, manager, plane/u);
    expect(await refusal({ source: 'session', source_connection: 'manager' })).toMatch(
      /^source: no such side/u,
    );
    expect(await refusal({ channel: 'none', source: 'session' })).toMatch(/^channel: nothing here/u);
    expect(await refusal({ changes: [{ connection: 'node', channel: 'none' }] })).toMatch(/^changes\[0\]: /u);
    expect(await refusal({ changes: [{ connection: 'node', channel: room, add: ['org/ns/a'] }] })).toMatch(
      /^changes\[0\]: node: Somebody else moderates it/u,
    );
  });

  it.each(['before', 'after'] as const)(
    'S-28: a member whose call broke %s it took effect is not known, and nothing more is sent to that side',
    async (breaks) => {
      await stage(['a'], [], ['b', 'c']);
      alone();
      const plan = await harness.plan('group.reconcile', { channel: room, source: 'control-plane' });
      expect(plan.changes.map(({ target }) => target)).toEqual(members('b', 'c', 'a'));
      moderator.breaks = breaks;
      const { items } = await harness.apply(plan.digest);
      moderator.breaks = 'never';
      expect(items.map(({ outcome }) => outcome)).toEqual([
        ItemOutcome.UNKNOWN,
        ItemOutcome.SKIPPED,
        ItemOutcome.SKIPPED,
      ]);
      expect(now().session).toEqual(breaks === 'before' ? members('a') : members('a', 'b'));
      const again = await harness.apply(plan.digest);
      expect(again.items.every(({ outcome }) => outcome === ItemOutcome.DONE)).toBe(true);
      expect(now().session).toEqual(members('b', 'c'));
    },
  );

  it('S-27: is refused where another moderator has taken the place of the one it was planned for', async () => {
    alone();
    const plan = await harness.plan('group.reconcile', { channel: room, source: 'control-plane' });
    moderator.rooms.clear();
    moderator.put('org/ns/elsewhere');
    const found = moderator.state();
    await expect(harness.apply(plan.digest)).rejects.toThrow(/node does not have org\/ns\/room any more/u);
    expect(moderator.state()).toBe(found);
  });
});
