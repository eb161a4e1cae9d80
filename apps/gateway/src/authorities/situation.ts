import type { LocalKind, SlotsRow } from '../upstream/spire/authority-calls.ts';
import { sameKey } from './join.ts';
import type { AuthorityFact, Slot } from './join.ts';

/** A copy of the bundle that somebody else connected here has. */
export interface Copy {
  connection: string;
  /** Ids of the keys of this kind in it. */
  keys: readonly string[];
}

/** An X.509-SVID seen live on a Workload API connected here. */
export interface LiveSvid {
  /** Authority key identifier, hex: the key that signed it. */
  signer: string;
  /** Unix seconds. */
  expiresAt: bigint;
}

/** Who may still hang on the old authority, as far as it can be known. Times are Unix seconds. */
export interface OldUseFacts {
  id: string;
  /** The last look at which the active one was not active yet; undefined: never seen so. */
  activatedAfter: bigint | undefined;
  /** The first look at which it was. */
  activatedBefore: bigint | undefined;
  agents: number;
  agentsMoved: number;
  svids: number;
  svidsOnOld: number;
  until: bigint;
  likelyUntil: bigint;
  likelyReason: string;
}

/** All that is known of one server's authorities of one kind at one moment; what gates are decided by. */
export interface Situation {
  connection: string;
  trustDomain: string;
  kind: LocalKind;
  /** Unix seconds. */
  now: bigint;
  slots: SlotsRow;
  authorities: readonly AuthorityFact[];
  /** Federated servers connected here that have a copy of this bundle. */
  peers: readonly Copy[];
  /** Workload APIs of the trust domain connected here, with the bundle they hand out; X.509 only. */
  workloads: readonly Copy[];
  live: readonly LiveSvid[];
  oldUse: OldUseFacts | undefined;
  entries: number;
  agents: number;
  /** Why this server's authorities may not be changed through this connection; empty when they may. */
  lacks: string;
}

/** What the authorities alone tell. */
export type Facts = Pick<Situation, 'kind' | 'now' | 'authorities'>;

export function inSlot(situation: Facts, slot: Slot): AuthorityFact | undefined {
  return situation.authorities.find((one) => one.slot === slot);
}

export function lackingAt(copies: readonly Copy[], id: string): string[] {
  return copies
    .filter(({ keys }) => !keys.some((key) => sameKey(key, id)))
    .map(({ connection }) => connection);
}

/** When the server prepares and activates the next one by itself; undefined where its lifetime is not told. */
export function automatic(situation: Facts): { prepares: bigint; activates: bigint } | undefined {
  const active = inSlot(situation, 'active');
  if (!active || active.notBefore === 0n || active.expiresAt === 0n) return undefined;
  const lifetime = active.expiresAt - active.notBefore;
  const day = 86_400n;
  const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
  // SPIRE: half of the lifetime but at most 30 days before the end, and a sixth but at most 7 days.
  return {
    prepares: active.expiresAt - least(lifetime / 2n, 30n * day),
    activates: active.expiresAt - least(lifetime / 6n, 7n * day),
  };
}

/** A key id short enough for a sentence, and still told apart. */
export const short = (id: string): string => (id.length > 12 ? `${id.slice(0, 10)}…` : id);

export function iso(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime())
    ? `${seconds} s`
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function span(seconds: bigint | number): string {
  const whole = Number(seconds);
  const days = Math.floor(whole / 86_400);
  if (whole >= 172_800) return `${days} days`;
  if (whole >= 7200) return `${Math.floor(whole / 3600)} h`;
  return whole >= 120 ? `${Math.floor(whole / 60)} min` : `${whole} s`;
}

export const number = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`;
