import { Code, ConnectError } from '@connectrpc/connect';
import { internal, invalid } from './status.ts';

/** A signing key, or one that only verifies. Times are Unix seconds. */
export interface Authority {
  id: string;
  notBefore: number;
  expiresAt: number;
  tainted: boolean;
}

interface NextSlot<A> {
  authority: A;
  status: 'PREPARED' | 'OLD';
}

/** Words that differ between X.509 and JWT authorities. */
export interface Wording {
  kind: string;
  alreadyTainted: string;
  untainted: string;
  unknown: string;
}

/**
 * The keys of one kind: an active one, and a second slot that holds either the prepared or the old one. Preparing
 * overwrites that slot, so preparing twice leaves a key in the bundle that no call can reach any more.
 */
export class AuthoritySlots<A extends Authority> {
  active: A;
  next: NextSlot<A> | undefined;
  /** What the trust bundle holds. */
  published: A[];
  private readonly make: () => A;
  private readonly wording: Wording;
  private readonly changed: () => void;

  constructor(make: () => A, wording: Wording, changed: () => void) {
    this.make = make;
    this.wording = wording;
    this.changed = changed;
    this.active = make();
    this.published = [this.active];
  }

  prepare(): A {
    const authority = this.make();
    this.next = { authority, status: 'PREPARED' };
    this.published = [...this.published, authority];
    this.changed();
    return authority;
  }

  activate(id: string): A {
    if (id === '') throw invalid('no authority ID provided');
    if (id !== this.next?.authority.id) throw invalid('unexpected authority ID');
    if (this.next.status !== 'PREPARED')
      throw internal(
        `only Prepared authorities can be activated: unsupported local authority status: ${this.next.status}`,
      );
    const former = this.active;
    this.active = this.next.authority;
    this.next = { authority: former, status: 'OLD' };
    this.changed();
    return this.active;
  }

  taint(id: string): A {
    if (id === '') throw invalid('no authority ID provided');
    if (id === this.active.id) throw invalid('unable to taint current local authority');
    if (id !== this.next?.authority.id) throw invalid('unexpected authority ID');
    if (this.next.status !== 'OLD') throw invalid('only Old local authority can be tainted');
    if (this.next.authority.tainted)
      throw internal(`failed to taint ${this.wording.kind} authority: ${this.wording.alreadyTainted}`);
    this.next.authority.tainted = true;
    this.changed();
    return this.next.authority;
  }

  revoke(id: string): A {
    const refuse = (why: string) => invalid(`invalid authority ID: ${why}`);
    if (id === '') throw refuse('no authority ID provided');
    if (id === this.active.id) throw refuse('unable to use current authority');
    if (id !== this.next?.authority.id) throw refuse('unexpected authority ID');
    if (this.next.status !== 'OLD') throw refuse('only Old local authority can be revoked');
    const failed = (why: string) => internal(`failed to revoke ${this.wording.kind} authority: ${why}`);
    if (!this.published.some((authority) => authority.id === id)) throw failed(this.wording.unknown);
    if (!this.next.authority.tainted) throw failed(this.wording.untainted);
    this.published = this.published.filter((authority) => authority.id !== id);
    this.changed();
    return this.next.authority;
  }

  /** Adds keys made elsewhere; those already there are left as they are. */
  append(authorities: A[]): void {
    const known = new Set(this.published.map((authority) => authority.id));
    const added = authorities.filter((authority) => !known.has(authority.id));
    if (added.length === 0) return;
    this.published = [...this.published, ...added];
    this.changed();
  }

  /**
   * What the server does by itself: prepares at half of the lifetime, activates when a sixth is left, and drops
   * what has expired from the bundle.
   */
  rotate(now: number): void {
    const { notBefore, expiresAt } = this.active;
    const lifetime = expiresAt - notBefore;
    if (now >= notBefore + lifetime / 2 && this.next?.status !== 'PREPARED') this.prepare();
    if (now >= expiresAt - lifetime / 6 && this.next?.status === 'PREPARED')
      this.activate(this.next.authority.id);
    const valid = this.published.filter(
      (authority) => authority.expiresAt > now || authority.id === this.active.id,
    );
    if (valid.length === this.published.length) return;
    this.published = valid;
    this.changed();
  }
}

export const noUpstream = (): ConnectError =>
  new ConnectError('upstream authority is not configured', Code.FailedPrecondition);
