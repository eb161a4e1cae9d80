import type { DeskState } from '../moderator/approval-types.ts';

/** expired: nobody answered in time, so it was denied. */
export type ApprovalState = 'waiting' | 'approved' | 'denied' | 'expired';

/** One request to the owner of a channel, and what became of it. Times in ms. */
export interface ApprovalRow {
  id: string;
  askedAt: number;
  /** When it is denied for want of an answer, before the channel manager gives up. */
  deadline: number;
  state: ApprovalState;
  channel: string;
  /** org/namespace/app */
  invitee: string;
  change: 'add' | 'delete';
  /** Whom the channel manager has authenticated; empty: nobody. */
  requester: string;
  /** Connection of ours that it came by, and the name it was asked at. */
  connection: string;
  callbackName: string;
  /** SLIM name of whoever asks. */
  askedBy: string;
  /** did:key; empty: no channel manager connected here has this channel. */
  owner: string;
  /** Connection of the channel manager that has the channel; empty: none. */
  manager: string;
  /** Who decided; empty: the gateway itself. */
  decidedBy: string;
  /** 0: it waits. */
  decidedAt: number;
  reason: string;
}

/** As much of a moderated node as the inbox looks at. */
export interface Askable {
  link: { name: string; up: boolean };
  /** Empty: it has no moderator. */
  approvalName: string;
  desk: { state: () => DeskState; answer: (id: string, response: Uint8Array) => Promise<void> } | undefined;
}
