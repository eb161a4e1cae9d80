import { create } from '@bufbuild/protobuf';
import { JoinTokenState, ListJoinTokensResponseSchema } from '@muster/api';
import type { ListJoinTokensRequest, ListJoinTokensResponse } from '@muster/api';
import type { StoredJoinToken } from '../inventory/store/join-tokens.ts';
import { spireOf } from './context.ts';
import type { ViewContext } from './context.ts';
import { iso, timestamp } from './times.ts';

/** Join tokens made here: the servers can list none. */
export async function listJoinTokens(
  context: ViewContext,
  { trustDomains }: ListJoinTokensRequest,
): Promise<ListJoinTokensResponse> {
  const names = spireOf(context, trustDomains).map(({ link }) => link.name);
  const now = Math.floor(context.now().getTime() / 1000);
  const stored = await context.inventory.store.joinTokens(names);
  const tokens = stored.map((token) => ({
    ...token,
    ...stateOf(token, now),
    createdAt: timestamp(BigInt(token.createdAt)),
    expiresAt: timestamp(BigInt(token.expiresAt)),
    usedAt: timestamp(BigInt(token.usedAt)),
  }));
  return create(ListJoinTokensResponseSchema, {
    tokens,
    outstanding: BigInt(tokens.filter(({ state }) => state === JoinTokenState.OUTSTANDING).length),
  });
}

function stateOf(token: StoredJoinToken, now: number): { state: JoinTokenState; stateReason: string } {
  if (token.agent !== '')
    return {
      state: JoinTokenState.USED,
      stateReason: `An agent that attested with it was first seen at ${iso(BigInt(token.usedAt))}.`,
    };
  if (token.expiresAt <= now)
    return {
      state: JoinTokenState.EXPIRED,
      stateReason: `It expired at ${iso(BigInt(token.expiresAt))}. No agent that attested with it was seen: one that came and was evicted between two readings would not have been.`,
    };
  return {
    state: JoinTokenState.OUTSTANDING,
    stateReason: `It can be used until ${iso(BigInt(token.expiresAt))}. The server cannot revoke it.`,
  };
}
