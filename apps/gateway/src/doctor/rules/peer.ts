import { createBack, refresh, setBundle, showEntries } from '../cures.ts';
import type { Finding, PairFacts, Rule } from '../facts.ts';
import { compareKeys, keyName } from '../keys.ts';
import type { BundleKey } from '../keys.ts';
import { allowance, pollInterval } from '../poll.ts';

const names = (keys: readonly BundleKey[]): string => {
  const shown = keys.slice(0, 3).map(keyName).join(', ');
  return keys.length > 3 ? `${shown} and ${keys.length - 3} more` : shown;
};

const failing = (keys: readonly BundleKey[]): string => {
  const x509 = keys.some(({ kind }) => kind === 'x509');
  const jwt = keys.some(({ kind }) => kind === 'jwt');
  return x509 && jwt ? 'SVIDs' : jwt ? 'JWT-SVIDs' : 'X509-SVIDs';
};

/** Our copy against the peer's own bundle, key by key, where its server is connected here. */
export const keysOfPeer: Rule = (facts) => {
  const { copy, peer, peerServer, now } = facts;
  // An empty or missing copy is a finding of its own.
  if (!peerServer || !copy || copy.keys.length === 0) return [];
  const out: Finding[] = [];
  const pairs = compareKeys(peerServer.own.keys, copy.keys);
  const at = now.getTime();
  const expired = ({ notAfter = Infinity }: BundleKey): boolean => notAfter <= at;
  const interval = pollInterval(copy.refreshHint);
  const { changedAt } = peerServer.own;
  const young =
    facts.relationship !== undefined &&
    changedAt !== undefined &&
    at - changedAt.getTime() < interval + allowance;
  const cures = [...refresh(facts), ...setBundle(facts)];
  const seen = `${peerServer.connection} has it in its own bundle; the copy on ${facts.connection} does not.`;

  const missing = pairs.flatMap(({ left, right }) => (left && !right && !expired(left) ? [left] : []));
  if (missing.length > 0) {
    const common = pairs.some(({ left, right, difference }) => left && right && difference === '');
    out.push({
      code: 'key-missing',
      grade: young && common ? 'info' : 'danger',
      title:
        young && common
          ? `${missing.length === 1 ? 'A new key' : `${missing.length} new keys`} of ${peer} not fetched yet`
          : `${missing.length === 1 ? 'A key' : `${missing.length} keys`} of ${peer} missing: ${failing(missing)} signed by ${missing.length === 1 ? 'it' : 'them'} fail here`,
      detail: `${names(missing)}. ${missing.length === 1 ? seen : `${peerServer.connection} has them in its own bundle; the copy on ${facts.connection} does not.`}${
        young && common ? ` It asks the endpoint about every ${Math.round(interval / 1000)} s.` : ''
      }`,
      unknown: 'Which key the peer signs with at this moment; Authorities of its server shows that.',
      cures,
    });
  }
  const withdrawn = pairs.flatMap(({ left, right }) => (right && !left && !expired(right) ? [right] : []));
  if (withdrawn.length > 0)
    out.push({
      code: 'key-withdrawn',
      grade: young ? 'info' : 'danger',
      title: `${withdrawn.length === 1 ? 'A key' : `${withdrawn.length} keys`} that ${peer} does not have any more ${withdrawn.length === 1 ? 'is' : 'are'} trusted here`,
      detail: `${names(withdrawn)}. A key leaves a bundle when it was revoked or pruned; ${failing(withdrawn)} signed by it are still accepted on ${facts.connection}.`,
      unknown: 'Whether it was revoked or only pruned after its time.',
      cures,
    });
  const other = pairs.flatMap(({ left, right }) =>
    left && right && left.fingerprint !== right.fingerprint ? [left] : [],
  );
  if (other.length > 0)
    out.push({
      code: 'key-differs',
      grade: 'danger',
      title: `Another key of ${peer} under the same key id`,
      detail: `${names(other)}: the copy on ${facts.connection} holds another key under this name, so tokens with it fail, or tokens of a stranger pass.`,
      unknown: '',
      cures,
    });
  const retiring = pairs.flatMap(({ left, right }) =>
    left?.tainted && right && !right.tainted ? [left] : [],
  );
  if (retiring.length > 0)
    out.push({
      code: 'key-tainted',
      grade: 'info',
      title: `${peer} is retiring ${retiring.length === 1 ? 'a key' : `${retiring.length} keys`}`,
      detail: `${names(retiring)}: tainted by its own server. It stays valid here until it is revoked there and the copy is refreshed.`,
      unknown: 'Bundle endpoints do not carry taint, so the copy can never show it.',
      cures: [],
    });
  return out;
};

/** We trust them, they do not trust us: legitimate, but rarely meant where workloads talk both ways. */
export const oneSided: Rule = (facts) => {
  const { peerServer, relationship, copy, peer, trustDomain, entries } = facts;
  if (!peerServer || (!relationship && !copy)) return [];
  const { connection } = peerServer;
  const trusted = peerServer.copy !== undefined && peerServer.copy.keys.length > 0;
  if (trusted && peerServer.relationship) return [];
  return [
    {
      code: 'one-sided',
      grade: entries > 0 && !trusted ? 'warning' : 'info',
      title: trusted
        ? `${connection} has a bundle of ${trustDomain} and no relationship with it`
        : `${peer} does not trust ${trustDomain}`,
      detail: trusted
        ? `Workloads of ${peer} accept SVIDs of ${trustDomain} by a copy that is never refreshed.`
        : `${facts.connection} accepts SVIDs of ${peer}; ${connection} has ${peerServer.relationship ? 'a relationship but no bundle' : 'neither a bundle of'} ${peerServer.relationship ? 'of ' : ''}${trustDomain}${peerServer.relationship ? '' : ' nor a relationship with it'}. Mutual TLS between the two fails.${entries > 0 ? ` ${entries} entries here federate with ${peer}.` : ''}`,
      unknown: 'Whether trust in one direction is meant.',
      cures: createBack(facts),
    },
  ];
};

/** Entries that federate with a peer which cannot be trusted now. */
export const entriesHit: Rule = (facts) => {
  const { entries, copy, peer, now, relationship } = facts;
  if (entries === 0 || (copy === undefined && relationship === undefined)) return [];
  const at = now.getTime();
  const x509 = copy?.keys.filter(({ kind }) => kind === 'x509') ?? [];
  const usable = x509.some(({ problem, notAfter = Infinity }) => problem === '' && notAfter > at);
  if (usable) return [];
  return [
    {
      code: 'entries-affected',
      grade: 'danger',
      title: `${entries} ${entries === 1 ? 'entry federates' : 'entries federate'} with ${peer} in vain`,
      detail: `${copy ? `No X.509 authority in the copy of ${peer} can be used` : `The bundle of ${peer} is not here`}: their workloads refuse every X509-SVID of it.`,
      unknown: '',
      cures: [...showEntries(facts), ...setBundle(facts)],
    },
  ];
};

/** Nothing can be said of the peer's own keys while its server cannot be read. */
export const peerNotRead: Rule = ({ peerUnread, peer }: PairFacts) =>
  peerUnread
    ? [
        {
          code: 'peer-not-read',
          grade: 'info',
          title: `The server of ${peer} cannot be read now`,
          detail: `${peerUnread.connection}: ${peerUnread.reason}`,
          unknown: `Whether the copy has the keys of ${peer}, and whether it trusts us.`,
          cures: [
            {
              title: `Show ${peerUnread.connection}`,
              action: '',
              input: undefined,
              link: `/connections?${new URLSearchParams({ name: peerUnread.connection })}`,
            },
          ],
        },
      ]
    : [];
