import type { ApprovalDesk, ApprovalEvent } from './approval-types.ts';

/** What the gateway knows of a moderator and the channels it runs. Dates are of the gateway's clock. */

export type JwtAlgorithm =
  'ES256' | 'ES384' | 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'EdDSA';

export type ModeratorIdentity =
  | { kind: 'shared-secret'; secret: string }
  | {
      kind: 'spire';
      socketPath: string;
      audiences: string[];
      trustDomains?: string[];
      /** Which SVID, where the Workload API gives several. */
      spiffeId?: string;
    }
  /** Tokens of our own making; members are verified by the keys. */
  | {
      kind: 'jwt';
      keyFile: string;
      algorithm: JwtAlgorithm;
      subject: string;
      issuer: string;
      audiences: string[];
      keysFile: string;
    };

/** Where a moderator keeps its sessions, so that they outlive the gateway. */
export interface ModeratorStore {
  /** A folder of its own, for us alone. */
  folder: string;
  /** 32 bytes that what is kept there is encrypted by. */
  key: Buffer;
}

/** What the node asks of whoever connects; who we are to members is another matter (ModeratorIdentity). */
export interface NodeCredentials {
  /** Authorities of the node's certificate, PEM; absent: the system's. */
  ca?: string;
  /** Our certificate and its key, PEM. */
  client?: { cert: string; key: string };
  authorization?:
    | { kind: 'password'; username: string; password: string }
    | { kind: 'token'; file: string }
    | { kind: 'jwt-svid'; socketPath: string; audience: string; spiffeId?: string };
}

export interface ModeratorOptions {
  /** `http://host:port` for plaintext, `https://host:port` for TLS. */
  endpoint: string;
  /** Read anew at each attempt to connect; rejects with a sentence that tells no secret. Absent: there are none. */
  credentials?: () => Promise<NodeCredentials>;
  /** `org/ns/app` the moderator is known by. */
  name: string;
  identity: ModeratorIdentity;
  /** `org/ns/app` to be asked at as the owner of channels; undefined: nowhere. Not the moderator's own name. */
  approvals?: string;
  /** Absent: nothing is kept, and the channels end with the moderator. */
  store?: ModeratorStore;
}

/** How a group session was made; it cannot be changed later. */
export interface SessionSettings {
  mls: boolean;
  /** How often SLIM repeats what nobody confirms, 1 to 10. */
  maxRetries: number;
  /** Milliseconds between two attempts, 100 to 10,000. */
  intervalMs: number;
}

/**
 * `waiting`: for an invitation. `restoring`: it is back, and who is there is not known yet. `lost`: it ended although
 * nobody here ended it.
 */
export type SessionState = 'waiting' | 'open' | 'closed' | 'restoring' | 'lost';

export type ModeratorState =
  | { state: 'connecting' }
  | { state: 'ready' }
  /** Attempts go on. */
  | { state: 'degraded'; reason: string }
  /** Trying again cannot help: the settings have to change. */
  | { state: 'failed'; reason: string };

export interface ModeratedChannel extends SessionSettings {
  name: string;
  /** `participant`: somebody else moderates it, and we were invited. */
  role: 'moderator' | 'participant';
  session: SessionState;
  /** Why the session is lost; empty otherwise. */
  sessionReason: string;
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
  /** At most 64 KiB of text; control and direction characters are escaped. Empty for what is not text. */
  text: string;
  own: boolean;
  payloadType: string;
  /** Of the payload as it came. */
  bytes: number;
  /** Subject of the token that the sender proved itself by, e.g. its SPIFFE ID; '' when it gave none. */
  identity: string;
  /** Its place: a later message has a greater one. An own message has that of when it was sent. */
  sequence: number;
  /** The text is only the beginning of the payload. */
  cut: boolean;
}

/** Which messages of a channel are kept. */
export interface Heard {
  /** So many came before those kept, and are kept no more. */
  earlier: number;
  /** All messages have a greater sequence; a channel made anew has another start. */
  start: number;
  /** From when on they were heard. */
  since: Date;
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
  /** `earlier`: as in Heard, with this one. */
  | { type: 'message'; channel: string; message: ChannelMessage; earlier: number }
  /** A session of ours was opened, closed, lost, or is back. */
  | { type: 'session'; channel: string; session: SessionState }
  /** We were invited to a channel that nobody here asked for, and left it at once. */
  | { type: 'declined'; channel: string }
  | ApprovalEvent
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
  /** Oldest first; the last `limit` of at most 1,000 kept. */
  messages(channel: string, limit?: number): ChannelMessage[];
  heard(channel: string): Heard;
  /** What a person should know of the sessions: what could not be read of those kept, invitations declined. */
  notices(): string[];
  /** Five retries a second apart unless told otherwise. */
  createChannel(name: string, options: { mls: boolean } & Partial<SessionSettings>): Promise<void>;
  deleteChannel(name: string): Promise<void>;
  /** `org/ns/app`. A member that is Offline is replaced by whoever answers at its name now. */
  invite(channel: string, member: string): Promise<void>;
  /** `org/ns/app`, or with `/instance` when one of several is meant. */
  remove(channel: string, member: string): Promise<void>;
  publish(channel: string, text: string): Promise<void>;
  /**
   * Accepts the next invitation to a channel that somebody else moderates; resolves when we are in. Meanwhile it is
   * among the channels as `waiting`.
   */
  join(channel: string, waitMs: number): Promise<void>;
  /** Goes offline in the channel without leaving it; the others see that. */
  closeSession(channel: string): Promise<void>;
  rejoinSession(channel: string): Promise<void>;
  /** Leaves a channel that somebody else moderates, forgets one whose session is lost, or waits for one no longer. */
  leaveSession(channel: string): Promise<void>;
  onEvent(fn: (event: ModeratorEvent) => void): () => void;
  /** Where it is asked as the owner of channels; absent when it listens for no such requests. */
  readonly approvals?: ApprovalDesk;
  /** The worker's process, for tests of its restart; undefined while there is none. */
  pid(): number | undefined;
  /** Ends the worker. Channels that are kept stay; others are deleted, so that members are told. */
  close(): Promise<void>;
}
