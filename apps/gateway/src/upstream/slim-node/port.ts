/** State of a moderator, as its supervisor tells it. */
export type ModeratorState = { state: 'starting' } | { state: 'ready' } | { state: 'failed'; reason: string };

export interface ModeratorMember {
  name: string;
  instance: string;
  presence: 'online' | 'offline' | 'unknown';
  since: Date;
  moderator: boolean;
}

export interface ModeratorMessage {
  id: string;
  at: Date;
  from: string;
  fromInstance: string;
  text: string;
  own: boolean;
  payloadType: string;
}

export interface ModeratorChannel {
  name: string;
  mls: boolean;
  createdAt: Date;
  members: number;
  online: number;
}

export type ModeratorEvent =
  | { kind: 'channels' }
  | { kind: 'members'; channel: string }
  | { kind: 'message'; channel: string; message: ModeratorMessage };

/** What a slim-node connection needs of a moderator; one adapter fits the moderator we have to it. */
export interface ModeratorPort {
  state(): ModeratorState;
  onState(listener: (state: ModeratorState) => void): () => void;
  onEvent(listener: (event: ModeratorEvent) => void): () => void;
  channels(): Promise<ModeratorChannel[]>;
  members(channel: string): Promise<ModeratorMember[]>;
  messages(channel: string, limit: number): Promise<ModeratorMessage[]>;
  createChannel(name: string, options: { mls: boolean }): Promise<void>;
  deleteChannel(name: string): Promise<void>;
  invite(channel: string, member: string): Promise<void>;
  remove(channel: string, member: string): Promise<void>;
  publish(channel: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a moderator against a node. */
export type StartModerator = (options: { endpoint: string; name: string; sharedSecret: string }) => ModeratorPort;
