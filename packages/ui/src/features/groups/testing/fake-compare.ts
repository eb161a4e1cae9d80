import { CompareGroupResponseSchema, GroupSideKind, GroupStanding } from '@muster/api';
import { create } from '@bufbuild/protobuf';

const { PRESENT, ABSENT, UNKNOWN } = GroupStanding;

/** A group that a session, a channel manager and two old control planes know, one of which is down. */
export const comparison = create(CompareGroupResponseSchema, {
  group: 'agntcy/ops/fleet',
  sides: [
    {
      kind: GroupSideKind.SESSION,
      connection: 'node-a',
      channel: 'agntcy/ops/fleet',
      moderators: ['agntcy/ops/muster'],
      members: 2,
      adds: 1,
      removes: 1,
    },
    {
      kind: GroupSideKind.CHANNEL_MANAGER,
      connection: 'manager',
      channel: 'agntcy/ops/fleet',
      lockedReason: 'It is owned by a key this gateway does not hold.',
      members: 2,
    },
    {
      kind: GroupSideKind.CONTROL_PLANE,
      connection: 'old-plane',
      channel: 'agntcy/ops/muster-x1',
      unreadReason: 'It did not answer in time.',
      noSourceReason: 'It did not answer in time.',
    },
  ],
  rows: [
    { member: 'agntcy/ops/dave', standings: [PRESENT, ABSENT, UNKNOWN], differs: true },
    { member: 'agntcy/ops/erin', standings: [ABSENT, PRESENT, UNKNOWN], differs: true },
    { member: 'agntcy/ops/alice', standings: [PRESENT, PRESENT, UNKNOWN] },
    { member: 'agntcy/ops/muster', standings: [PRESENT, ABSENT, UNKNOWN], moderator: true },
  ],
  total: 4n,
  differing: 2n,
  registrations: [
    { connection: 'old-plane', reason: 'It is registered there as agntcy/ops/muster-x1.' },
    { connection: 'lab-plane', reason: '' },
  ],
  warnings: [{ code: 'side-unasked', text: 'Whether other has this group is not known. It is down.' }],
});
