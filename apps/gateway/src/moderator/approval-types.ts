/** What a channel manager asks the owner of a channel, as it came over SLIM. */
export interface AskedApproval {
  /** Ours: the request is answered by it. */
  id: string;
  /** `org/ns/app` of the sender, as the SLIM node delivered it. */
  from: string;
  fromInstance: string;
  /** An ApprovalRequest in Protobuf: bytes of the network, of at most 16 KiB. */
  request: Uint8Array;
}

/** Whether requests can reach us; both end by themselves when the moderator's process does. */
export type DeskState = { open: true } | { open: false; reason: string };

export type ApprovalEvent =
  | { type: 'approvals'; state: DeskState }
  | { type: 'approval-asked'; asked: AskedApproval }
  /** Nobody waits for the answer any more. */
  | { type: 'approval-withdrawn'; id: string; reason: string };

/** Where a moderator is asked as the owner of channels (ChannelOwnerApproval of slim-rpc). */
export interface ApprovalDesk {
  /** `org/ns/app` to give as `owner_callback_name`. */
  readonly name: string;
  state(): DeskState;
  /** Sends an ApprovalResponse in Protobuf. Rejects with a CallError when nobody waits for it any more. */
  answer(id: string, response: Uint8Array): Promise<void>;
}
