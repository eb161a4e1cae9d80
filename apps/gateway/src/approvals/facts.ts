import { Severity } from '@muster/api';
import type { Warning } from '@muster/api';
import type { Identity } from '../members/identities.ts';
import { lookAlikes } from '../members/look-alike.ts';
import type { OwnerKeys } from '../owner-keys/port.ts';
import { warn } from '../views/entry-warnings.ts';
import { asksAs } from './owner.ts';
import type { Manager } from './owner.ts';
import type { ApprovalRow } from './types.ts';

/** Why a request cannot be approved here; empty: it can. Denying it is always possible. */
export function lockedReason(
  { manager, owner }: Pick<ApprovalRow, 'manager' | 'owner'>,
  ownerKeys: OwnerKeys,
): string {
  const all = ownerKeys.list();
  if (manager === '')
    return all.some((key) => key.lockedReason === '')
      ? ''
      : 'No channel manager connected here has this channel, so its owner is not known, and this gateway holds no owner key that could be tried.';
  if (owner === '') return `${manager} says that this channel has no owner: nobody’s grant is needed for it.`;
  const key = all.find(({ did }) => did === owner);
  if (!key) return 'The key of its owner is not held here. Import it under Owner keys, or ask its owner.';
  return key.lockedReason;
}

/** Identities that a person should know of before somebody is let in. */
const odd: ReadonlySet<Identity['state']> = new Set([
  'unmapped',
  'entry-gone',
  'agent-gone',
  'agent-banned',
  'expired',
]);

/** What to look at before deciding. */
export function approvalWarnings(
  row: ApprovalRow,
  managers: readonly Manager[],
  identity: Identity | undefined,
): Warning[] {
  const warnings: Warning[] = [];
  const manager = managers.find(({ link }) => link.name === row.manager);
  const expected = manager === undefined ? '' : asksAs(manager);
  if (expected !== '' && expected !== row.askedBy)
    warnings.push(
      warn(
        'asked-by-another',
        `${row.askedBy} asks, and not ${expected}, as the channel manager that has this channel would. Whoever it is gets the grant if you approve.`,
        Severity.DANGER,
      ),
    );
  if (manager !== undefined && expected === '')
    warnings.push(
      warn(
        'asker-unchecked',
        `${row.askedBy} asks. Whether that is ${row.manager} cannot be told: put its audience (or local-name) into audience of this connection in muster.yaml. Whoever it is gets the grant if you approve.`,
      ),
    );
  warnings.push(...lookAlikes([row.channel, row.invitee]));
  if (manager === undefined)
    warnings.push(
      warn(
        'manager-unknown',
        'No channel manager connected here has this channel: whether it exists, and who owns it, cannot be checked.',
      ),
    );
  if (row.requester === '')
    warnings.push(
      warn(
        'requester-unknown',
        'Who asked the channel manager is not known: its API authenticates nobody, so it may be anyone who reaches it.',
        Severity.INFO,
      ),
    );
  if (row.change === 'add' && identity !== undefined && odd.has(identity.state))
    warnings.push(
      warn(
        `identity-${identity.state}`,
        `The identity behind ${row.invitee}: ${identity.reason}`,
        identity.state === 'unmapped' ? Severity.WARNING : Severity.DANGER,
      ),
    );
  return warnings;
}
