import { createRelationship, deleteBundle, edit, refresh, setBundle, showEntries } from '../cures.ts';
import type { Finding, PairFacts, Rule } from '../facts.ts';
import { countedKeys, keyName } from '../keys.ts';

const fetchTimeUnknown =
  'When it was fetched last: the Server API records no such time. Muster sees only when its keys change.';

const entriesSay = ({ entries, peer }: PairFacts): string =>
  entries === 0
    ? ''
    : ` ${entries} ${entries === 1 ? 'entry federates' : 'entries federate'} with ${peer}: their workloads cannot check its SVIDs.`;

/** A relationship without a bundle: over https_spiffe it can never start by itself. */
export const noBundle: Rule = (facts) => {
  const { relationship, copy, peer, entries } = facts;
  if (copy) return [];
  if (!relationship) {
    // Only entries name the peer.
    return entries === 0
      ? []
      : [
          {
            code: 'entries-without-bundle',
            grade: 'danger',
            title: `${entries} ${entries === 1 ? 'entry federates' : 'entries federate'} with ${peer}, whose bundle is not here`,
            detail: `The server has neither a bundle of ${peer} nor a relationship with it.${entriesSay(facts)}`,
            unknown: '',
            cures: [...setBundle(facts), ...createRelationship(facts), ...showEntries(facts)],
          },
        ];
  }
  const spiffe = relationship.profile === 'https_spiffe';
  return [
    {
      code: 'no-bundle',
      grade: spiffe || entries > 0 ? 'danger' : 'warning',
      title: spiffe
        ? `The federation with ${peer} cannot start: its bundle is not here`
        : `The bundle of ${peer} has not been fetched`,
      detail: spiffe
        ? `With https_spiffe the endpoint is authenticated by the bundle of its own trust domain, and the server has none to begin with.${entriesSay(facts)}`
        : `The server has the relationship and no bundle.${entriesSay(facts)}`,
      unknown: spiffe ? '' : 'Why: the server tells it only in its own log, or when it is asked to refresh.',
      cures: [...refresh(facts), ...setBundle(facts)],
    },
  ];
};

/** A bundle without a relationship is trusted as it is, for as long as it is there. */
export const noRelationship: Rule = (facts) => {
  const { relationship, copy, peer } = facts;
  if (relationship || !copy) return [];
  return [
    {
      code: 'no-relationship',
      grade: 'warning',
      title: `The copy of ${peer} is never refreshed`,
      detail: `There is no relationship with ${peer}: keys that it adds are not accepted here, and keys that it revokes go on being trusted.`,
      unknown: '',
      cures: [...createRelationship(facts), ...deleteBundle(facts)],
    },
  ];
};

/** Empty of one kind of key, or of all. */
export const emptyBundle: Rule = (facts) => {
  const { copy, peer } = facts;
  if (!copy) return [];
  const x509 = copy.keys.some(({ kind }) => kind === 'x509');
  const jwt = copy.keys.some(({ kind }) => kind === 'jwt');
  if (x509 && jwt) return [];
  const cures = [...refresh(facts), ...setBundle(facts)];
  if (!x509 && !jwt)
    return [
      {
        code: 'bundle-empty',
        grade: 'danger',
        title: `The copy of ${peer} is empty`,
        detail: `It has no authority: every SVID of ${peer} is refused here.${entriesSay(facts)}`,
        unknown: 'Whether the peer withdrew its keys on purpose (SPIFFE Trust Domain and Bundle 4.1).',
        cures,
      },
    ];
  return [
    {
      code: x509 ? 'no-jwt-key' : 'no-x509-authority',
      grade: x509 ? 'info' : 'warning',
      title: `The copy of ${peer} has no ${x509 ? 'JWT key' : 'X.509 authority'}`,
      detail: `${x509 ? 'JWT-SVIDs' : 'X509-SVIDs'} of ${peer} are refused here; it has ${countedKeys(copy.keys)}.`,
      unknown: `Whether ${peer} issues ${x509 ? 'JWT-SVIDs' : 'X509-SVIDs'} at all.`,
      cures,
    },
  ];
};

/** Expired authorities stay in a bundle for hours; what counts is whether one is still valid. */
export const expiredBundle: Rule = (facts) => {
  const { copy, peer, now } = facts;
  const known = copy?.keys.filter(({ kind, problem }) => kind === 'x509' && problem === '') ?? [];
  if (known.length === 0) return [];
  const at = now.getTime();
  const valid = known.filter(({ notAfter = Infinity }) => notAfter > at);
  const cures = [...refresh(facts), ...setBundle(facts)];
  if (valid.length === 0) {
    const last = Math.max(...known.map(({ notAfter = 0 }) => notAfter));
    return [
      {
        code: 'bundle-expired',
        grade: 'danger',
        title: `Every X.509 authority in the copy of ${peer} has expired`,
        detail: `The last of ${known.length} expired on ${iso(last)}. X509-SVIDs of ${peer} are refused here.${entriesSay(facts)}`,
        unknown: fetchTimeUnknown,
        cures,
      },
    ];
  }
  // A running SPIRE server publishes the next authority at half the life of the one before.
  const newest = valid.reduce((a, b) => ((a.notAfter ?? 0) > (b.notAfter ?? 0) ? a : b));
  const { notBefore = 0, notAfter = 0 } = newest;
  const passed = (at - notBefore) / Math.max(1, notAfter - notBefore);
  if (passed < 0.75) return [];
  return [
    {
      code: 'bundle-stale',
      grade: 'warning',
      title: `The copy of ${peer} has no successor for its last authority`,
      detail: `${keyName(newest)} expires on ${iso(notAfter)}, with ${Math.max(0, Math.round((1 - passed) * 100))} % of its life left. A SPIRE server publishes the next one at half of it, so this copy is old, or ${peer} has stopped rotating.`,
      unknown: fetchTimeUnknown,
      cures: cures.length > 0 ? cures : createRelationship(facts),
    },
  ];
};

/** A fetched copy has sequence number 0 on SPIRE: another number says that it was set, and not fetched since. */
export const neverFetched: Rule = (facts) => {
  const { relationship, copy, peer } = facts;
  if (!relationship || !copy || copy.sequenceNumber === 0n) return [];
  return [
    {
      code: 'never-fetched',
      grade: 'warning',
      title: `The copy of ${peer} was set by hand and not fetched since`,
      detail: `It has sequence number ${copy.sequenceNumber}; a copy that SPIRE fetched from an endpoint has 0. ${relationship.bundleEndpointUrl} has not been read with success since the bundle was set.`,
      unknown:
        'Why it was not fetched: the server says it only in its own log, or when it is asked to refresh.',
      cures: [...refresh(facts), ...edit(facts)],
    },
  ];
};

/** Authorities that cannot be of the peer, or that are shared with the server's own trust domain. */
export const foreignKeys: Rule = (facts) => {
  const { copy, peer, own, trustDomain } = facts;
  if (!copy) return [];
  const out: Finding[] = [];
  const foreign = copy.keys.find(({ uris }) =>
    uris.some((uri) => uri.startsWith('spiffe://') && uri !== `spiffe://${peer}`),
  );
  if (foreign)
    out.push({
      code: 'foreign-key',
      grade: 'danger',
      title: `The copy of ${peer} has an authority of another trust domain`,
      detail: `${keyName(foreign)} carries another name than spiffe://${peer}. Whoever has its key can pass for any workload of ${peer} here.`,
      unknown: '',
      cures: [...setBundle(facts), ...deleteBundle(facts)],
    });
  const prints = new Set(own.map(({ fingerprint }) => fingerprint));
  const shared = copy.keys.find(({ fingerprint }) => prints.has(fingerprint));
  if (shared)
    out.push({
      code: 'shared-key',
      grade: 'danger',
      title: `${peer} and ${trustDomain} share a key`,
      detail: `${keyName(shared)} is in both bundles. Keys of two trust domains must differ (SPIFFE Trust Domain and Bundle 6.2): each could issue for the other.`,
      unknown: '',
      cures: setBundle(facts),
    });
  return out;
};

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
