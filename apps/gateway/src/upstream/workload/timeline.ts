/** What kind of event it was; the contract's words. */
export type WorkloadEventKind =
  'issued' | 'rotated' | 'withdrawn' | 'bundle' | 'lost' | 'back' | 'overdue' | 'expired';

export interface WorkloadEventRow {
  at: Date;
  kind: WorkloadEventKind;
  svid: 'x509' | 'jwt' | '';
  /** SPIFFE ID, or the trust domain of a bundle, or the connection. */
  name: string;
  hint: string;
  audience: string;
  /** Of a rotation: ms that the SVID before had left; negative when it had expired. */
  leftMs?: number;
  notBefore?: Date;
  expiresAt?: Date;
  text: string;
}

/** An SVID of either kind, as it was received. */
export interface Received {
  svid: 'x509' | 'jwt';
  spiffeId: string;
  hint: string;
  /** Of a JWT-SVID; empty for X.509. */
  audience: string;
  notBefore: Date;
  expiresAt: Date;
  /** Empty for a JWT-SVID: a token is kept nowhere. */
  chainPem: string;
}

/** One identity on one socket, and where its renewal stands. */
export interface TrackRow extends Received {
  receivedAt: Date;
  rotations: number;
  withdrawnAt?: Date;
  nextExpectedAt: Date;
  overdueAt: Date;
  overdue: boolean;
  expired: boolean;
}

interface Track extends Received {
  receivedAt: Date;
  rotations: number;
  withdrawnAt?: Date;
  toldOverdue: boolean;
  toldExpired: boolean;
}

const mostTracks = 2000;
/** Agents look for what is due every few seconds, and then sign. */
const graceMs = 10_000;

/** SPIRE renews at about half of an SVID's life. */
export function expectedAt({ notBefore, expiresAt }: Pick<Received, 'notBefore' | 'expiresAt'>): Date {
  return new Date((notBefore.getTime() + expiresAt.getTime()) / 2);
}

/** Later than this is an alert: six tenths of the life and a grace, but always before three quarters. */
export function overdueAt({ notBefore, expiresAt }: Pick<Received, 'notBefore' | 'expiresAt'>): Date {
  const life = expiresAt.getTime() - notBefore.getTime();
  return new Date(notBefore.getTime() + Math.min(life * 0.6 + graceMs, life * 0.75));
}

/** Every identity of one socket and the newest of what happened to it. Holds no key and no token. */
export class Timeline {
  readonly #now: () => Date;
  readonly #most: number;
  readonly #tracks = new Map<string, Track>();
  #events: WorkloadEventRow[] = [];
  #dropped = 0;
  #lostAt: Date | undefined;

  /** @param most events kept; older ones are counted only */
  constructor(now: () => Date, most = 1000) {
    this.#now = now;
    this.#most = most;
  }

  /** Newest first. */
  get events(): WorkloadEventRow[] {
    return this.#events.toReversed();
  }

  /** Events that are no longer kept. */
  get dropped(): number {
    return this.#dropped;
  }

  get tracks(): TrackRow[] {
    const now = this.#now();
    return [...this.#tracks.values()].map(({ toldOverdue: _o, toldExpired: _e, ...track }) => {
      const live = track.withdrawnAt === undefined;
      const late = overdueAt(track);
      return {
        ...track,
        nextExpectedAt: expectedAt(track),
        overdueAt: late,
        overdue: live && now >= late,
        expired: live && now >= track.expiresAt,
      };
    });
  }

  /** It came for the first time, or again after it was withdrawn. */
  issued(received: Received): void {
    const key = keyOf(received);
    const before = this.#tracks.get(key);
    this.#set(key, received, before?.rotations ?? 0);
    this.#add('issued', received, {
      text: before ? 'Issued again.' : 'Issued.',
      notBefore: received.notBefore,
      expiresAt: received.expiresAt,
    });
  }

  rotated(received: Received, beforeExpiresAt: Date): void {
    const key = keyOf(received);
    this.#set(key, received, (this.#tracks.get(key)?.rotations ?? 0) + 1);
    const leftMs = beforeExpiresAt.getTime() - this.#now().getTime();
    this.#add('rotated', received, {
      leftMs,
      notBefore: received.notBefore,
      expiresAt: received.expiresAt,
      text: leftMs < 0 ? 'Renewed after the one before had expired.' : 'Renewed.',
    });
  }

  withdrawn(received: Received, text: string): void {
    const track = this.#tracks.get(keyOf(received));
    if (!track || track.withdrawnAt) return;
    track.withdrawnAt = this.#now();
    this.#add('withdrawn', track, { expiresAt: track.expiresAt, text });
  }

  bundle(svid: 'x509' | 'jwt', trustDomain: string, text: string): void {
    this.#push({ at: this.#now(), kind: 'bundle', svid, name: trustDomain, hint: '', audience: '', text });
  }

  /** @param reason a sentence of ours */
  lost(connection: string, reason: string): void {
    if (this.#lostAt) return;
    this.#lostAt = this.#now();
    this.#push({
      at: this.#lostAt,
      kind: 'lost',
      svid: '',
      name: connection,
      hint: '',
      audience: '',
      text: `The stream broke. ${reason} SVIDs received before stay valid until they expire.`,
    });
  }

  back(connection: string): void {
    if (!this.#lostAt) return;
    const seconds = Math.round((this.#now().getTime() - this.#lostAt.getTime()) / 1000);
    this.#lostAt = undefined;
    this.#push({
      at: this.#now(),
      kind: 'back',
      svid: '',
      name: connection,
      hint: '',
      audience: '',
      text: `The stream is open again, after ${seconds} s.`,
    });
  }

  /** When `tick` has something to say next, ms; undefined when nothing is awaited. */
  get due(): number | undefined {
    let next: number | undefined;
    for (const track of this.#tracks.values()) {
      if (track.withdrawnAt) continue;
      const at = track.toldOverdue
        ? track.toldExpired
          ? undefined
          : track.expiresAt.getTime()
        : overdueAt(track).getTime();
      if (at !== undefined && (next === undefined || at < next)) next = at;
    }
    return next;
  }

  /** Tells of what failed to come, once for each SVID. True when there was something. */
  tick(): boolean {
    const now = this.#now();
    let told = false;
    for (const track of this.#tracks.values()) {
      if (track.withdrawnAt) continue;
      if (!track.toldOverdue && now >= overdueAt(track)) {
        track.toldOverdue = true;
        told = true;
        this.#add('overdue', track, {
          expiresAt: track.expiresAt,
          text: 'No renewal came at half of its life. Look whether its agent runs and reaches its server.',
        });
      }
      if (!track.toldExpired && now >= track.expiresAt) {
        track.toldExpired = true;
        told = true;
        this.#add('expired', track, {
          expiresAt: track.expiresAt,
          text: 'It expired, and no other came in its place: peers refuse it from now on.',
        });
      }
    }
    return told;
  }

  #set(key: string, received: Received, rotations: number): void {
    this.#tracks.delete(key);
    this.#tracks.set(key, {
      ...received,
      rotations,
      receivedAt: this.#now(),
      toldOverdue: false,
      toldExpired: false,
    });
    if (this.#tracks.size <= mostTracks) return;
    const keys = [...this.#tracks.keys()];
    const oldest = keys.find((one) => this.#tracks.get(one)?.withdrawnAt) ?? keys[0];
    if (oldest !== undefined) this.#tracks.delete(oldest);
  }

  #add(kind: WorkloadEventKind, of: Received, more: Partial<WorkloadEventRow> & { text: string }): void {
    const { svid, spiffeId, hint, audience } = of;
    this.#push({ at: this.#now(), kind, svid, name: spiffeId, hint, audience, ...more });
  }

  #push(event: WorkloadEventRow): void {
    this.#events.push(event);
    if (this.#events.length <= this.#most) return;
    this.#dropped += this.#events.length - this.#most;
    this.#events = this.#events.slice(-this.#most);
  }
}

function keyOf({ svid, spiffeId, hint, audience }: Received): string {
  return JSON.stringify([svid, spiffeId, hint, audience]);
}
