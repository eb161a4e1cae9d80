import type { ModeratorOptions } from './types.ts';

/** What the worker is asked. Deadlines of the native calls are the worker's; the caller's are longer. */
export type WorkerCalls = {
  /** Connects and creates the app; returns the instance it got. */
  start(options: ModeratorOptions): Promise<{ instance: string }>;
  /** Rejects when the connection to the node is gone. */
  check(): Promise<void>;
  create(input: { channel: string; mls: boolean }): Promise<void>;
  delete(input: { channel: string }): Promise<void>;
  invite(input: { channel: string; member: string }): Promise<void>;
  remove(input: { channel: string; member: string }): Promise<void>;
  publish(input: { channel: string; text: string }): Promise<void>;
  /** Deletes all sessions, so that members are told. */
  close(): Promise<void>;
};

export interface Seen {
  name: string;
  instance: string;
  online: boolean;
}

/** What the worker reports. A message's identity token never leaves the worker. */
export type WorkerNote =
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
    }
  /** A session ended although nobody here deleted it. */
  | { kind: 'channel-lost'; channel: string; reason: string };
