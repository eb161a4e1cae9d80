/** What the gateway knows of a moderator and the channels it runs. Dates are of the gateway's clock. */

export type ModeratorIdentity =
  | { kind: 'shared-secret'; secret: string }
  | { kind: 'spire'; socketPath: string; audiences: string[]; trustDomains?: string[] };

export interface ModeratorOptions {
  /** `http://host:port` for plaintext, `https://host:port` for TLS. */
  endpoint: string;
  /** `org/ns/app` the moderator is known by. */
  name: string;
  identity: ModeratorIdentity;
}

export type ModeratorState =
  | { state: 'connecting' }
  | { state: 'ready' }
  /** Attempts go on. */
  | { state: 'degraded'; reason: string }
  /** Trying again cannot help: the settings have to change. */
  | { state: 'failed'; reason: string };

export interface ModeratedChannel {
  name: string;
  mls: boolean;
  /** ISO 8601 */
  createdAt: string;
  /** The moderator itself is counted. */
  memberCount: number;
  online: number;
}

/** `unknown` while the moderator's process is away: nobody watches the channel then. */
export type MemberStatus = 'online' | 'offline' | 'unknown';

export interface Member {
  /** `org/ns/app` */
  name: string;
  /** The UUID of this instance, or '' before it is known. */
  instance: string;
  status: MemberStatus;
  /** When our poll first saw this status, one to two seconds after the fact (a crash: 25–30 s). */
  since: Date;
  isModerator: boolean;
}

export interface ChannelMessage {
  id: string;
  at: Date;
  /** `org/ns/app` of the sender, as the SLIM node delivered it. */
  from: string;
  fromInstance: string;
  /** At most 64 KiB of text; control and direction characters are escaped. */
  text: string;
  own: boolean;
  payloadType: string;
}

export interface NotRestored {
  channel: string;
  /** Absent when the channel itself could not be made again. */
  member?: string;
  reason: string;
}

export type ModeratorEvent =
  | { type: 'state'; state: ModeratorState }
  | { type: 'channel-created' | 'channel-deleted'; channel: string }
  | {
      type: 'member-joined' | 'member-left' | 'member-online' | 'member-offline';
      channel: string;
      member: Member;
    }
  | { type: 'message'; channel: string; message: ChannelMessage }
  /** After a restart: the channels made again, and who could not be brought back and why. */
  | { type: 'restored'; channels: string[]; notRestored: NotRestored[] };

/**
 * Runs channels on a SLIM node as their moderator. Every rejection is a CallError with a code of `errors.ts` and a
 * plain sentence.
 */
export interface Moderator {
  state(): ModeratorState;
  onState(fn: (state: ModeratorState) => void): () => void;
  channels(): ModeratedChannel[];
  members(channel: string): Member[];
  /** Oldest first; the last `limit` of at most 500 kept. */
  messages(channel: string, limit?: number): ChannelMessage[];
  createChannel(name: string, options: { mls: boolean }): Promise<void>;
  deleteChannel(name: string): Promise<void>;
  /** `org/ns/app`. A member that is Offline is replaced by whoever answers at its name now. */
  invite(channel: string, member: string): Promise<void>;
  /** `org/ns/app`, or with `/instance` when one of several is meant. */
  remove(channel: string, member: string): Promise<void>;
  publish(channel: string, text: string): Promise<void>;
  onEvent(fn: (event: ModeratorEvent) => void): () => void;
  /** The worker's process, for tests of its restart; undefined while there is none. */
  pid(): number | undefined;
  /** Deletes the channels, so that members are told, and ends the worker. */
  close(): Promise<void>;
}
