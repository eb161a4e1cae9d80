import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { ApprovalSchema, ApprovalState, ListApprovalsResponseSchema } from '@muster/api';
import type { Approval, KeyService, Warning } from '@muster/api';
import { approvalWarnings, lockedReason } from '../approvals/facts.ts';
import type { ApprovalInbox } from '../approvals/inbox.ts';
import type { ApprovalRow } from '../approvals/types.ts';
import type { Identities, Identity } from '../members/identities.ts';
import type { OwnerKeys } from '../owner-keys/port.ts';
import type { Connections } from '../upstream/connections.ts';
import { serverWords } from '../upstream/sentences.ts';
import { bounded, pageOf } from './context.ts';
import { warn } from './entry-warnings.ts';
import { toIdentity } from './members.ts';

export interface ApprovalContext {
  approvals: ApprovalInbox;
  connections: Connections;
  ownerKeys: OwnerKeys;
  identities: Pick<Identities, 'of'>;
  now: () => Date;
}

/** What was turned away longer ago is no news, ms. */
const recentMs = 3_600_000;

const states = {
  waiting: ApprovalState.WAITING,
  approved: ApprovalState.APPROVED,
  denied: ApprovalState.DENIED,
  expired: ApprovalState.EXPIRED,
} as const;

export function approvalViews(
  context: ApprovalContext,
): Pick<ServiceImpl<typeof KeyService>, 'listApprovals'> {
  return {
    async listApprovals({ states: wanted, search, id, page }) {
      const text = bounded('search', search).toLowerCase();
      bounded('id', id, 64);
      const all = await context.approvals.list();
      const found = all.filter(
        (row) =>
          (id === '' || row.id === id) &&
          (wanted.length === 0 || wanted.includes(states[row.state])) &&
          (text === '' || words(row).some((word) => word.toLowerCase().includes(text))),
      );
      const { offset, limit } = pageOf(page);
      const rows = found.slice(offset, offset + limit);
      const waiting = rows.filter(({ state }) => state === 'waiting');
      const identities = await context.identities.of(waiting.map(({ invitee }) => invitee));
      return create(ListApprovalsResponseSchema, {
        approvals: rows.map((row) => toApproval(context, row, identities.get(row.invitee))),
        total: BigInt(found.length),
        waiting: all.filter(({ state }) => state === 'waiting').length,
        warnings: [...shut(context), ...turnedAway(context)],
        callbackNames: context.connections.nodes
          .filter(({ desk }) => desk?.state().open === true)
          .map(({ approvalName }) => approvalName),
        asOf: timestampFromMs(context.now().getTime()),
      });
    },
  };
}

const words = ({ channel, invitee, requester, askedBy, owner, reason }: ApprovalRow): string[] => [
  channel,
  invitee,
  requester,
  askedBy,
  owner,
  reason,
];

function toApproval(
  { ownerKeys, connections }: ApprovalContext,
  row: ApprovalRow,
  identity: Identity | undefined,
): Approval {
  const { askedAt, deadline, decidedAt, state, ...same } = row;
  const waits = state === 'waiting';
  return create(ApprovalSchema, {
    ...same,
    state: states[state],
    askedAt: timestampFromMs(askedAt),
    deadline: timestampFromMs(deadline),
    ...(decidedAt === 0 ? {} : { decidedAt: timestampFromMs(decidedAt) }),
    ownerAlias: row.owner === '' ? '' : ownerKeys.aliasOf(row.owner),
    ...(waits
      ? {
          lockedReason: lockedReason(row, ownerKeys),
          warnings: approvalWarnings(row, connections.managers, identity),
          ...(identity ? { identity: toIdentity(identity) } : {}),
        }
      : {}),
  });
}

/** Moderated nodes at which nobody can ask us now. */
function shut({ connections }: ApprovalContext): Warning[] {
  const moderated = connections.nodes.filter(({ approvalName }) => approvalName !== '');
  if (moderated.length === 0)
    return [
      warn(
        'no-moderator',
        'No connection to a SLIM node has a moderator, so no channel manager can ask here. Configure one (kind slim-node, moderator).',
      ),
    ];
  return moderated.flatMap(({ link, approvalName, desk }) => {
    const state = desk?.state();
    if (state?.open === true) return [];
    const why = state ? serverWords(state.reason) : 'the moderator is not connected';
    return [
      warn(
        'inbox-shut',
        `Nobody can ask at ${approvalName} (${link.name}) now: ${why.replace(/\.$/u, '')}. Channel managers deny after 60 s what is asked meanwhile.`,
      ),
    ];
  });
}

/** A flood, or somebody who does not speak the protocol: worth a look while it is recent. */
function turnedAway({ approvals, now }: ApprovalContext): Warning[] {
  const { count, at, reason } = approvals.turnedAway;
  if (count === 0 || now().getTime() - at > recentMs) return [];
  return [
    warn(
      'turned-away',
      `${count === 1 ? '1 request was' : `${count} requests were`} denied unseen since this gateway was started, the last at ${new Date(at).toISOString()}. ${reason}`,
    ),
  ];
}
