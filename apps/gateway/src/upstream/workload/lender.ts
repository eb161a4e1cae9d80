import { parseSpiffeId } from '@muster/domain';
import { Fault } from '../fault.ts';
import type { Link } from '../link.ts';
import { sentence } from '../sentences.ts';
import type { LentSvid, LentToken, SvidChoice, SvidLender } from './lend.ts';
import type { SvidBook } from './svids.ts';
import { tokenFacts } from './tokens.ts';
import type { FetchedToken } from './tokens.ts';

/** The lending side of one Workload API connection. */
export function lender(
  link: Link,
  book: Pick<SvidBook, 'lent' | 'bundles'>,
  subscribe: SvidLender['subscribe'],
  fetchTokens: (audience: string) => Promise<FetchedToken[]>,
): SvidLender {
  const { name } = link;
  return {
    name,
    subscribe,
    settled: link.settled,
    get stalled() {
      const { state } = link;
      if (state.state === 'failed') return `${name} is not connected. ${state.reason}`;
      return '';
    },
    authorities: (trustDomain) => {
      const pem = book.bundles.get(trustDomain);
      return pem === '' ? undefined : pem;
    },
    svid: (choice) => choose(name, link, book.lent, choice),
    token: (audience, choice) => chooseToken(name, audience, choice, fetchTokens),
  };
}

async function chooseToken(
  name: string,
  audience: string,
  choice: SvidChoice,
  fetchTokens: (audience: string) => Promise<FetchedToken[]>,
): Promise<LentToken> {
  // A fault of the agent's is not one of the server that the token is for: its code must not be read as such.
  const tokens = await fetchTokens(audience).catch((error: unknown) => {
    throw missing(`${name} gives no JWT-SVID: ${sentence(error).replace(/\.$/u, '')}`);
  });
  if (tokens.length === 0) throw missing(`${name} gives no JWT-SVID`);
  const first = pick(name, tokens, choice);
  const facts = tokenFacts(first, audience);
  if (!facts) throw missing(`the JWT-SVID that ${name} gives does not say until when it is valid`);
  const { spiffeId, token } = first;
  return { spiffeId, token, issuedAt: facts.notBefore, expiresAt: facts.expiresAt };
}

function choose(name: string, link: Link, lent: SvidBook['lent'], choice: SvidChoice): LentSvid {
  if (lent.length === 0) {
    const { state } = link;
    const why =
      'reason' in state && state.reason !== ''
        ? `${name} gives none: ${state.reason.replace(/\.$/u, '')}`
        : `${name} is not connected yet`;
    throw missing(why);
  }
  // The same ID may come by several entries: any of them will do, the longest valid best.
  const longest = lent.toSorted((a, b) => b.svid.expiresAt.getTime() - a.svid.expiresAt.getTime());
  const svid = pick(
    name,
    longest.map((one) => one.svid),
    choice,
  );
  const key = longest.find((one) => one.svid === svid)?.key;
  if (!key) throw missing(`${name} gives no key for ${svid.spiffeId}`);
  return { spiffeId: svid.spiffeId, certPem: svid.chainPem, key, expiresAt: svid.expiresAt };
}

interface Identified {
  spiffeId: string;
  hint: string;
}

/** The first that is chosen. @throws Fault when none is, or when several identities are */
function pick<T extends Identified>(name: string, given: readonly T[], { spiffeId, hint }: SvidChoice): T {
  const wanted = given
    .filter((one) => spiffeId === undefined || one.spiffeId === spiffeId)
    .filter((one) => hint === undefined || one.hint === hint);
  const [first] = wanted;
  if (!first) {
    const asked = [
      ...(spiffeId === undefined ? [] : [spiffeId]),
      ...(hint === undefined ? [] : [`with the hint “${hint}”`]),
    ].join(' ');
    throw missing(
      `the Workload API connection ${name} gives no identity ${asked}; it gives ${listed(given)}`,
    );
  }
  const ids = new Set(wanted.map((one) => one.spiffeId));
  if (ids.size > 1)
    throw missing(
      `the Workload API connection ${name} gives ${ids.size} identities; name the one to use as spiffeId in the configuration. It gives ${listed(wanted)}`,
    );
  return first;
}

/** Only what is a SPIFFE ID is shown: the text is a server's (S-40). */
function listed(given: readonly Identified[]): string {
  const ids = [...new Set(given.map(({ spiffeId }) => spiffeId))].filter((id) => parseSpiffeId(id).ok);
  const shown = ids.slice(0, 5).map((id) => (id.length > 200 ? `${id.slice(0, 200)}…` : id));
  return `${shown.join(', ') || 'none that is valid'}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''}`;
}

const missing = (detail: string): Fault => new Fault('identity', 'local', { detail });
