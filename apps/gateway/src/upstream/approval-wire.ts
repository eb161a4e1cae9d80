import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { parseSlimName } from '@muster/domain';
import {
  ApprovalRequestSchema,
  ApprovalResponseSchema,
  ParticipantAction,
} from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';

/** What the owner of a channel is asked (ApprovalRequest of channel manager 3.3 and later). */
export interface ApprovalQuestion {
  channel: string;
  invitee: string;
  change: 'add' | 'delete';
  /** Whom the channel manager's API has authenticated; empty: nobody. */
  requester: string;
}

/** Longer names are none. */
const mostName = 1024;
const changes = new Map<ParticipantAction, 'add' | 'delete'>([
  [ParticipantAction.ADD, 'add'],
  [ParticipantAction.DELETE, 'delete'],
]);

/** The question, or what is wrong with the bytes: they come from the network. */
export function readApprovalRequest(bytes: Uint8Array): { question: ApprovalQuestion } | { problem: string } {
  try {
    const { channelName, participantName, action, requester } = fromBinary(ApprovalRequestSchema, bytes);
    const change = changes.get(action);
    if (!change) return { problem: 'It asks neither to add nor to delete a participant.' };
    // What would be signed is what a person reads: nothing that shows as something else.
    if (!isPlainName(channelName)) return { problem: 'Its channel is no SLIM name of three plain parts.' };
    if (!isPlainName(participantName))
      return { problem: 'Its participant is no SLIM name of three plain parts.' };
    return {
      question: { channel: channelName, invitee: participantName, change, requester: requester ?? '' },
    };
  } catch {
    return { problem: 'It is no ApprovalRequest.' };
  }
}

function isPlainName(name: string): boolean {
  if (name.length > mostName || /[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u.test(name))
    return false;
  const parsed = parseSlimName(name);
  return parsed.ok && parsed.value.instance === undefined;
}

export const grantResponse = (grant: Uint8Array): Uint8Array =>
  toBinary(
    ApprovalResponseSchema,
    create(ApprovalResponseSchema, { decision: { case: 'grant', value: grant } }),
  );

/** `reason` reaches whoever asked. */
export const denialResponse = (reason: string): Uint8Array =>
  toBinary(
    ApprovalResponseSchema,
    create(ApprovalResponseSchema, { decision: { case: 'denied', value: reason } }),
  );
