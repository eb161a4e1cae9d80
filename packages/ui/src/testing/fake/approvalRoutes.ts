import { ApprovalSchema, ApprovalState, KeyService, Severity } from '@muster/api';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';

/** A requester that tries to be markup, and to be read from right to left. */
export const HOSTILE_REQUESTER = '\u202egnp<img src=x onerror=alert(1)>';

const at = (ms: number) => timestampFromMs(Date.now() + ms);
const own = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK';

const approval = (init: MessageInitShape<typeof ApprovalSchema>) =>
  create(ApprovalSchema, {
    channel: 'agntcy/ops/fleet',
    invitee: 'agntcy/ops/erin',
    change: 'add',
    requester: 'spiffe://org-a.test/ops/dispatcher',
    connection: 'node-a',
    callbackName: 'agntcy/muster/moderator-approval',
    askedBy: 'agntcy/ns/channel-manager-approval',
    owner: own,
    ownerAlias: 'fleet',
    manager: 'channel-manager',
    askedAt: at(-12_000),
    deadline: at(38_000),
    state: ApprovalState.WAITING,
    ...(init as object),
  });

const approvals = () => [
  approval({
    id: 'a-1',
    identity: {
      state: 'mapped',
      spiffeId: 'spiffe://org-a.test/ns/ops/sa/erin',
      connection: 'spire-org-a',
    },
  }),
  approval({
    id: 'a-2',
    invitee: 'agntcy/ops/mallory',
    requester: HOSTILE_REQUESTER,
    owner: 'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH',
    ownerAlias: '',
    deadline: at(9_000),
    askedBy: 'agntcy/ops/stranger',
    lockedReason: 'The key of its owner is not held here. Import it under Owner keys, or ask its owner.',
    identity: {
      state: 'agent-banned',
      spiffeId: 'spiffe://org-a.test/mallory',
      reason: 'Its agent is banned.',
    },
    warnings: [
      {
        code: 'asked-by-another',
        text: 'agntcy/ops/stranger asks, and not agntcy/ns/channel-manager-approval.',
        severity: Severity.DANGER,
      },
    ],
  }),
  approval({
    id: 'a-3',
    state: ApprovalState.APPROVED,
    decidedBy: 'browser 0011223344556677',
    decidedAt: at(-3_600_000),
  }),
  approval({
    id: 'a-4',
    invitee: 'agntcy/ops/frank',
    change: 'delete',
    state: ApprovalState.DENIED,
    decidedBy: 'cli 8899aabbccddeeff',
    decidedAt: at(-7_200_000),
    reason: 'Not this week',
  }),
  approval({
    id: 'a-5',
    invitee: 'agntcy/ops/grace',
    state: ApprovalState.EXPIRED,
    decidedAt: at(-86_400_000),
    reason: 'Nobody answered in time.',
  }),
];

/** An inbox with two requests that wait and three that were decided. */
export function approvalRoutes({ rpc }: ConnectRouter): void {
  rpc(KeyService.method.listApprovals, ({ states, search, id, page }) => {
    const all = approvals();
    const found = all.filter(
      (one) =>
        (id === '' || one.id === id) &&
        (states.length === 0 || states.includes(one.state)) &&
        `${one.channel} ${one.invitee} ${one.reason}`.includes(search),
    );
    return {
      approvals: found.slice(0, page?.limit || 100),
      total: BigInt(found.length),
      waiting: all.filter(({ state }) => state === ApprovalState.WAITING).length,
      callbackNames: ['agntcy/muster/moderator-approval'],
      asOf: at(0),
    };
  });
}
