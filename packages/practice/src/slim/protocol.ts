import type { Participant } from './manager/rooms.ts';

/** What the practice network's process is asked; see ipc.ts. */
export interface Pace {
  /** Milliseconds between two messages a member writes on its own. */
  minMs: number;
  maxMs: number;
}

export interface StartInput {
  port: number;
  sharedSecret: string;
  members: string[];
  pace: Pace;
}

/** A channel of one of the practice channel managers, each by its own `org/ns/app`. */
export interface RoomInput {
  manager: string;
  channel: string;
}

export type NetworkCalls = {
  start(input: StartInput): Promise<void>;
  crash(input: { member: string }): void;
  revive(input: { member: string }): Promise<void>;
  openRoom(input: RoomInput & { mls: boolean }): Promise<void>;
  inviteTo(input: RoomInput & { member: string }): Promise<void>;
  expelFrom(input: RoomInput & { member: string }): Promise<void>;
  closeRoom(input: RoomInput): Promise<void>;
  membersOf(input: RoomInput): Promise<Participant[]>;
  /** Puts an ApprovalRequest to the name of an owner; its ApprovalResponse. */
  askOwner(input: { manager: string; callback: string; request: Uint8Array }): Promise<Uint8Array>;
};
