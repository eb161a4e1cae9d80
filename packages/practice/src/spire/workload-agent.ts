import type { KeyObject } from 'node:crypto';
import type { Bundle } from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import type { Entry } from '@muster/wire/gen/spire/api/types/entry_pb.js';
import { makeKey } from './authorities.ts';
import type { Authority } from './authority-slots.ts';
import { serverPath, text } from './ids.ts';
import type { IssuedJwt, IssuedX509 } from './issue.ts';
import { issueJwtSvid, issueX509Svid } from './issue.ts';
import { isSubset, selectorSet } from './selectors.ts';
import type { TrustDomainState } from './trust-domain.ts';
import { spki } from './x509.ts';

const jwtTtl = 300;

export interface Identity {
  entry: Entry;
  key: KeyObject;
  svid: IssuedX509;
}

/** The agent's side of the Workload API: what the caller is entitled to, kept fresh. */
export class WorkloadAgent {
  readonly state: TrustDomainState;
  private readonly svidTtl: number;
  private matched: { at: number; entries: Entry[] } | undefined;
  private x509 = new Map<string, Identity>();
  private jwt = new Map<string, IssuedJwt>();

  constructor(state: TrustDomainState, svidTtl: number) {
    this.state = state;
    this.svidTtl = svidTtl;
  }

  /** Every identity with a valid X.509-SVID; replaced at half of its life, or when its authority is tainted. */
  identities(): Identity[] {
    const { authorities, clock } = this.state;
    const now = clock.seconds();
    const fresh = new Map<string, Identity>();
    for (const entry of this.entries()) {
      const cached = this.x509.get(versionOf(entry));
      const usable = cached && isUsable(cached.svid, authorities.x509.published, now);
      fresh.set(versionOf(entry), usable ? cached : this.issue(entry, now));
    }
    this.x509 = fresh;
    return [...fresh.values()];
  }

  /** The entries whose selectors the caller has, without those whose hint an older one has already. */
  entries(): Entry[] {
    const at = this.state.entries.changes.count;
    if (this.matched?.at !== at) this.matched = { at, entries: this.match() };
    return this.matched.entries;
  }

  /** A token for one identity and audience, the same one until half of its life. */
  async token(entry: Entry, audience: string[]): Promise<string> {
    const { authorities, clock } = this.state;
    const now = clock.seconds();
    const key = JSON.stringify([versionOf(entry), audience]);
    const cached = this.jwt.get(key);
    if (cached && isUsable(cached, authorities.jwt.published, now)) return cached.token;
    const withId = entry.additionalAttributes?.jwtSvidIncludeJti === true;
    const ttl = entry.jwtSvidTtl > 0 ? entry.jwtSvidTtl : jwtTtl;
    const issued = await issueJwtSvid(
      authorities,
      { spiffeId: text(entry.spiffeId), audience, ttl, withId },
      now,
    );
    this.dropStaleTokens(now);
    if (!withId) this.jwt.set(key, issued);
    return issued.token;
  }

  /** The own bundle, then those the caller's entries federate with. */
  bundles(): { own: Bundle; federated: Bundle[] } {
    const names = new Set(this.entries().flatMap((entry) => entry.federatesWith));
    names.delete(this.state.name);
    const federated = [...names].flatMap((name) => this.state.federatedBundles.get(name) ?? []);
    return { own: this.state.authorities.bundle(), federated };
  }

  /** Resolves when something may have changed, after a second at the latest, or when `signal` aborts. */
  async change(signal: AbortSignal): Promise<void> {
    const { state } = this;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        stops.forEach((stop) => stop());
        resolve();
      };
      const timer = setTimeout(wake, 1000).unref();
      const stops = [state.entries.changes, state.trustChanges].map((changes) => changes.subscribe(wake));
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });
  }

  private match(): Entry[] {
    const { state } = this;
    const agent = state.agents.get(state.workloadAgentId);
    if (!agent || agent.banned) return [];
    const caller = selectorSet([...state.callerSelectors]);
    const ofAgent = selectorSet(agent.selectors);
    const all = state.entries.keptEntries();
    const parents = new Set([state.workloadAgentId]);
    for (const entry of all)
      if (entry.parentId?.path === serverPath && isSubset(selectorSet(entry.selectors), ofAgent))
        parents.add(text(entry.spiffeId));
    const hints = new Set<string>();
    return all
      .filter((entry) => !entry.storeSvid && parents.has(text(entry.parentId)))
      .filter((entry) => isSubset(selectorSet(entry.selectors), caller))
      .sort((a, b) => Number(a.createdAt - b.createdAt) || (a.id < b.id ? -1 : 1))
      .filter(({ hint }) => {
        const repeated = hint !== '' && hints.has(hint);
        hints.add(hint);
        return !repeated;
      });
  }

  private issue(entry: Entry, now: number): Identity {
    const key = makeKey();
    const subject = { spiffeId: text(entry.spiffeId), publicKey: spki(key), dnsNames: entry.dnsNames };
    const ttl = entry.x509SvidTtl > 0 ? entry.x509SvidTtl : this.svidTtl;
    return { entry, key, svid: issueX509Svid(this.state.authorities, subject, ttl, now) };
  }

  private dropStaleTokens(now: number): void {
    for (const [key, { expiresAt }] of this.jwt) if (expiresAt <= now) this.jwt.delete(key);
  }
}

/** A changed entry needs a new SVID. */
const versionOf = (entry: Entry): string => `${entry.id} ${entry.createdAt} ${entry.revisionNumber}`;

function isUsable(
  { issuedAt, expiresAt, authorityId }: Omit<IssuedX509, 'certificate'>,
  published: Authority[],
  now: number,
): boolean {
  const authority = published.find(({ id }) => id === authorityId);
  return authority !== undefined && !authority.tainted && now < issuedAt + (expiresAt - issuedAt) / 2;
}
