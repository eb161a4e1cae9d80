import { parseSpiffeId } from '@muster/domain';
import { Fault } from '../fault.ts';
import type { Link } from '../link.ts';
import type { LentSvid, SvidChoice, SvidLender } from './lend.ts';
import type { SvidBook } from './svids.ts';

/** The lending side of one Workload API connection. */
export function lender(
  link: Link,
  book: Pick<SvidBook, 'lent' | 'bundles'>,
  subscribe: SvidLender['subscribe'],
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
  };
}

function choose(name: string, link: Link, lent: SvidBook['lent'], { spiffeId, hint }: SvidChoice): LentSvid {
  if (lent.length === 0) {
    const { state } = link;
    const why =
      'reason' in state && state.reason !== ''
        ? `${name} gives none: ${state.reason.replace(/\.$/u, '')}`
        : `${name} is not connected yet`;
    throw missing(why);
  }
  const wanted = lent
    .filter(({ svid }) => spiffeId === undefined || svid.spiffeId === spiffeId)
    .filter(({ svid }) => hint === undefined || svid.hint === hint)
    // The same ID may come by several entries: any of them will do, the longest valid best.
    .toSorted((a, b) => b.svid.expiresAt.getTime() - a.svid.expiresAt.getTime());
  const [first] = wanted;
  if (!first) {
    const asked = [
      ...(spiffeId === undefined ? [] : [spiffeId]),
      ...(hint === undefined ? [] : [`with the hint “${hint}”`]),
    ].join(' ');
    throw missing(`the Workload API connection ${name} gives no identity ${asked}; it gives ${listed(lent)}`);
  }
  const ids = new Set(wanted.map(({ svid }) => svid.spiffeId));
  if (ids.size > 1)
    throw missing(
      `the Workload API connection ${name} gives ${ids.size} identities; name the one to use as spiffeId in the configuration. It gives ${listed(wanted)}`,
    );
  const { svid, key } = first;
  return { spiffeId: svid.spiffeId, certPem: svid.chainPem, key, expiresAt: svid.expiresAt };
}

/** Only what is a SPIFFE ID is shown: the text is a server's (S-40). */
function listed(lent: SvidBook['lent']): string {
  const ids = [...new Set(lent.map(({ svid }) => svid.spiffeId))].filter((id) => parseSpiffeId(id).ok);
  const shown = ids.slice(0, 5).map((id) => (id.length > 200 ? `${id.slice(0, 200)}…` : id));
  return `${shown.join(', ') || 'none that is valid'}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''}`;
}

const missing = (detail: string): Fault => new Fault('identity', 'local', { detail });
