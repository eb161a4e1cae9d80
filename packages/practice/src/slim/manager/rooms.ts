export interface Participant {
  /** `org/ns/app` */
  name: string;
  /** UUID of the instance. */
  instance: string;
}

/** What a channel manager needs of SLIM; each rejects with SLIM's words. */
export interface ManagerRooms {
  open(channel: string, mls: boolean): Promise<void>;
  /** `org/ns/app` joins; nothing happens where it is in. */
  invite(channel: string, member: string): Promise<void>;
  expel(channel: string, member: string): Promise<void>;
  close(channel: string): Promise<void>;
  /** Everyone in it, the manager too; nobody until somebody has joined. */
  members(channel: string): Promise<Participant[]>;
  /** Puts an ApprovalRequest (Protobuf) to the name of an owner; its ApprovalResponse. */
  ask(callback: string, request: Uint8Array): Promise<Uint8Array>;
}
