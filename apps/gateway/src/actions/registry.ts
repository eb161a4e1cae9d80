import type { AnyAction } from './action.ts';
import { agentBan } from './agent-ban.ts';
import { agentEvict } from './agent-evict.ts';
import { agentJoinToken } from './agent-join-token.ts';
import { agentPurge } from './agent-purge.ts';
import { approvalDecide } from './approval-decide.ts';
import { authorityActivate } from './authority-activate.ts';
import { authorityPrepare } from './authority-prepare.ts';
import { authorityRevoke, authorityTaint } from './authority-retire.ts';
import { authorityRevokeUpstream, authorityTaintUpstream } from './authority-upstream.ts';
import { bundleDelete } from './bundle-delete.ts';
import { bundleSet } from './bundle-set.ts';
import { channelCreate } from './channel-create.ts';
import { channelDelete } from './channel-delete.ts';
import { connectionCreate } from './connection-create.ts';
import { domainAdd } from './domain-add.ts';
import { domainRemove } from './domain-remove.ts';
import { entryClone } from './entry-clone.ts';
import { entryCreate } from './entry-create.ts';
import { entryDelete } from './entry-delete.ts';
import { entryImport } from './entry-import.ts';
import { entryRestore } from './entry-restore.ts';
import { entryUpdate } from './entry-update.ts';
import { grantIssue } from './grant-issue.ts';
import { loggerLevel } from './logger-level.ts';
import { federationCreate } from './federation-create.ts';
import { federationDelete } from './federation-delete.ts';
import { federationPair } from './federation-pair.ts';
import { federationRefresh } from './federation-refresh.ts';
import { federationUnpair } from './federation-unpair.ts';
import { federationUpdate } from './federation-update.ts';
import { groupReconcile } from './group-reconcile.ts';
import { groupRegister } from './group-register.ts';
import { groupUnregister } from './group-unregister.ts';
import { memberInvite } from './member-invite.ts';
import { memberRemove } from './member-remove.ts';
import { messageSend } from './message-send.ts';
import { nodeDeregister } from './node-deregister.ts';
import { routeAdd } from './route-add.ts';
import { routeRemove } from './route-remove.ts';
import { ownerKeyCreate } from './owner-key-create.ts';
import { ownerKeyImport } from './owner-key-import.ts';
import { ownerKeyRemove } from './owner-key-remove.ts';
import { ownerKeyRename } from './owner-key-rename.ts';
import { sessionClose } from './session-close.ts';
import { sessionOpen } from './session-open.ts';
import { sessionRejoin } from './session-rejoin.ts';
import { segmentAdd, segmentRemove } from './segment.ts';
import { svidMintJwt } from './svid-mint-jwt.ts';
import { svidMintX509 } from './svid-mint-x509.ts';
import { linkAdd, linkRemove } from './topology-link.ts';

/** Every action there is: nothing else can change anything. */
export const actions: readonly AnyAction[] = [
  agentBan,
  agentEvict,
  agentPurge,
  agentJoinToken,
  loggerLevel,
  entryCreate,
  entryUpdate,
  entryDelete,
  entryClone,
  entryImport,
  entryRestore,
  svidMintX509,
  svidMintJwt,
  authorityPrepare,
  authorityActivate,
  authorityTaint,
  authorityRevoke,
  authorityTaintUpstream,
  authorityRevokeUpstream,
  federationCreate,
  federationUpdate,
  federationDelete,
  federationRefresh,
  federationPair,
  federationUnpair,
  bundleSet,
  bundleDelete,
  channelCreate,
  channelDelete,
  memberInvite,
  memberRemove,
  messageSend,
  sessionOpen,
  sessionClose,
  sessionRejoin,
  groupRegister,
  groupUnregister,
  groupReconcile,
  ownerKeyCreate,
  ownerKeyImport,
  ownerKeyRename,
  ownerKeyRemove,
  grantIssue,
  approvalDecide,
  segmentAdd,
  segmentRemove,
  linkAdd,
  linkRemove,
  domainAdd,
  domainRemove,
  routeAdd,
  routeRemove,
  connectionCreate,
  nodeDeregister,
] as AnyAction[];

const byName = new Map(actions.map((action) => [action.name, action]));

export function findAction(name: string): AnyAction | undefined {
  return byName.get(name);
}
