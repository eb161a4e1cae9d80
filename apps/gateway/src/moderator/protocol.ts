import type { ApprovalNote } from './approval-relay.ts';
import type { ModeratorIdentity, NodeCredentials, SessionSettings } from './types.ts';

export interface StartInput {
  endpoint: string;
  credentials?: NodeCredentials;
  name: string;
  identity: ModeratorIdentity;
  /** Name that channel managers ask the owner's approval at. */
  approvals?: string;
  /** Where the bindings keep the sessions, encrypted by the passphrase. */
  store?: { folder: string; passphrase: string };
}

/** A session that the bindings brought back. */
export interface Restored extends SessionSettings {
  channel: string;
  initiator: boolean;
}

export interface Started {
  /** The instance that the app got. */
  instance: string;
  restored: Restored[];
}

/** What the worker is asked. Deadlines of the native calls are the worker's; the caller's are longer. */
export type WorkerCalls = {
  /** Connects, creates the app, and brings its kept sessions back. */
  start(input: StartInput): Promise<Started>;
  /** Rejects when the connection to the node is gone. */
  check(): Promise<void>;
  create(input: { channel: string } & SessionSettings): Promise<void>;
  /** Ends the session, for all when we moderate it. */
  delete(input: { channel: string }): Promise<void>;
  softClose(input: { channel: string }): Promise<void>;
  rejoin(input: { channel: string }): Promise<void>;
  /** Whether an invitation to this channel is accepted; any other is declined. */
  expect(input: { channel: string; accept: boolean }): void;
  invite(input: { channel: string; member: string }): Promise<void>;
  remove(input: { channel: string; member: string }): Promise<void>;
  publish(input: { channel: string; text: string }): Promise<void>;
  /** An ApprovalResponse in Protobuf, to whoever asked. */
  answerApproval(input: { id: string; response: Uint8Array }): Promise<void>;
  /** Deletes all sessions, so that members are told; not those that are kept. */
  close(): Promise<void>;
};

export interface Seen {
  name: string;
  instance: string;
  online: boolean;
}

/** What the worker reports. A message's identity token never leaves the worker. */
export type WorkerNote =
  | ApprovalNote
  /** One round of polling is over: the sign of life. */
  | { kind: 'tick' }
  | { kind: 'participants'; channel: string; seen: Seen[] }
  | {
      kind: 'message';
      channel: string;
      from: string;
      fromInstance: string;
      text: string;
      payloadType: string;
      bytes: number;
      identity: string;
      cut: boolean;
    }
  /** An invitation was accepted. */
  | ({ kind: 'joined'; channel: string } & SessionSettings)
  | { kind: 'declined'; channel: string }
  /** A session ended although nobody here deleted it. */
  | { kind: 'channel-lost'; channel: string; reason: string };
