import type { LocalKind } from '../upstream/spire/authority-calls.ts';
import { sameKey, svidNames } from './join.ts';
import type { AuthorityFact } from './join.ts';
import { iso, span } from './situation.ts';
import type { LiveSvid, OldUseFacts } from './situation.ts';

/** What SPIRE gives where neither the entry nor the server's configuration says otherwise, in seconds. */
const usualTtl: Record<LocalKind, bigint> = { x509: 3600n, jwt: 300n };

export interface TtlFacts {
  /** Longest TTL that an entry sets, seconds; 0: none sets one. */
  longest: number;
  /** Entries without one: they take the server's default, which its API does not tell. */
  unset: number;
}

/** Works out who may still hang on the old authority. Times are Unix seconds; `now` bounds nothing here. */
export function oldUse(given: {
  kind: LocalKind;
  old: AuthorityFact;
  activatedAfter: bigint | undefined;
  activatedBefore: bigint | undefined;
  agents: { known: number; moved: number };
  live: readonly LiveSvid[];
  ttl: TtlFacts | undefined;
}): OldUseFacts {
  const { kind, old, activatedBefore, agents, live, ttl } = given;
  const onOld = live.filter(({ signer }) => sameKey(signer, old.id));
  const likely = likelyEnd(kind, old, activatedBefore, ttl);
  return {
    id: old.id,
    activatedAfter: given.activatedAfter,
    activatedBefore,
    agents: kind === 'x509' ? agents.known : 0,
    agentsMoved: kind === 'x509' ? agents.moved : 0,
    svids: live.length,
    svidsOnOld: onOld.length,
    until: old.expiresAt,
    ...likely,
  };
}

function likelyEnd(
  kind: LocalKind,
  old: AuthorityFact,
  activatedBefore: bigint | undefined,
  ttl: TtlFacts | undefined,
): { likelyUntil: bigint; likelyReason: string } {
  if (activatedBefore === undefined || !ttl) return { likelyUntil: 0n, likelyReason: '' };
  const usual = usualTtl[kind];
  // Agents' own SVIDs follow the server's agent TTL, which is that of the default unless set.
  const fromDefault = ttl.unset > 0 || ttl.longest === 0 || kind === 'x509';
  const longest = BigInt(ttl.longest);
  const life = fromDefault && usual > longest ? usual : longest;
  const end = activatedBefore + life;
  const until = old.expiresAt !== 0n && end > old.expiresAt ? old.expiresAt : end;
  const entries =
    ttl.longest === 0
      ? `No entry sets a ${svidNames[kind]} TTL of its own`
      : `The longest ${svidNames[kind]} TTL of an entry is ${span(ttl.longest)}`;
  const usually = fromDefault
    ? `; for the rest SPIRE’s usual ${span(usual)} is assumed, because the API does not tell what the server is configured for`
    : '';
  return {
    likelyUntil: until,
    likelyReason: `It was replaced by ${iso(activatedBefore)} at the latest. ${entries}${usually}.`,
  };
}
